package dev.terrace.sandbox;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A temporary folder that is removed when it is closed, or by a waiting shell (scratch.sh) when
 * this JVM dies before that.
 */
public final class ScratchFolder implements AutoCloseable {

  private static final String JANITOR = Resources.script("scratch.sh");

  private final Path path;
  private final Process janitor;

  private ScratchFolder(Path path, Process janitor) {
    this.path = path;
    this.janitor = janitor;
  }

  /** Creates one in the system's folder for temporary files; only this user may enter it. */
  public static ScratchFolder create(String prefix) {
    try {
      Path path = Files.createTempDirectory(prefix);
      ProcessBuilder builder = new ProcessBuilder("sh", "-c", JANITOR, "scratch", path.toString());
      builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
      return new ScratchFolder(path, builder.start());
    } catch (IOException e) {
      throw new SandboxException("cannot make a temporary folder: " + e.getMessage(), e);
    }
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Removes the folder and all in it. */
  @Override
  public void close() {
    try {
      delete(path);
    } catch (IOException e) {
      throw new SandboxException("cannot remove " + path + ": " + e.getMessage(), e);
    } finally {
      janitor.destroyForcibly();
    }
  }

  /** Removes a folder and all in it; one that is gone already is fine. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.deleteIfExists(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}

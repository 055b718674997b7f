package dev.terrace.sandbox;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked once per machine and version from the jar that Maven fetched. The
 * cache folder is {@code -Dterrace.cache}, else {@code $XDG_CACHE_HOME/terrace} or {@code
 * ~/.cache/terrace}; for root {@code /var/cache/terrace}, since another account must be able to
 * read it. The folder appears in one step, so that a half-unpacked one is never used.
 */
final class PostgresBinaries {

  private static final Set<PosixFilePermission> PROGRAM =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final Set<PosixFilePermission> DATA = PosixFilePermissions.fromString("rw-r--r--");

  private final Path home;

  private PostgresBinaries(Path home) {
    this.home = home;
  }

  /** Where a program is: initdb, pg_ctl or postgres. */
  Path program(String name) {
    return home.resolve("bin").resolve(name);
  }

  /** The programs for this machine, unpacked now if they never were. */
  static PostgresBinaries unpacked(Consumer<String> progress) {
    return unpacked(cacheFolder(), progress);
  }

  /** One thread at a time: file locks keep apart processes, not threads of one. */
  static synchronized PostgresBinaries unpacked(Path cache, Consumer<String> progress) {
    String machine = machine();
    String version = version();
    Path home = cache.resolve("postgresql-" + version + "-" + machine);
    try {
      if (!Files.isDirectory(home)) {
        createFolder(cache);
        try (FileChannel channel =
                FileChannel.open(
                    cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.lock()) {
          if (lock.isValid() && !Files.isDirectory(home)) {
            progress.accept("Unpacking PostgreSQL " + version + " to " + home);
            unpack(machine, home);
          }
        }
      }
    } catch (IOException e) {
      throw new SandboxException(
          "cannot unpack PostgreSQL to "
              + cache
              + " (-Dterrace.cache chooses another folder): "
              + e,
          e);
    }
    return new PostgresBinaries(home);
  }

  private static void unpack(String machine, Path home) throws IOException {
    Path partial = home.resolveSibling(home.getFileName() + ".partial");
    ScratchFolder.delete(partial); // of a process that died at this, or it would hold the lock
    createFolder(partial);
    String archive = "/postgres-linux-" + machine + ".txz";
    try (InputStream in = PostgresBinaries.class.getResourceAsStream(archive)) {
      if (in == null) {
        throw new IOException(archive + " is not on the class path");
      }
      extract(in, partial);
    }
    Files.move(partial, home, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void extract(InputStream in, Path folder) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(in)))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        Path path = folder.resolve(e.getName()).normalize();
        if (!path.startsWith(folder)) {
          throw new IOException("the archive holds the unsafe path " + e.getName());
        }
        if (e.isDirectory()) {
          createFolder(path);
          continue;
        }
        createFolder(path.getParent());
        if (e.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(e.getLinkName()));
        } else {
          Files.copy(tar, path);
          Files.setPosixFilePermissions(path, (e.getMode() & 0100) != 0 ? PROGRAM : DATA);
        }
      }
    }
  }

  /** Readable for all, whatever the umask: as root, PostgreSQL runs under another account. */
  private static void createFolder(@Nullable Path folder) throws IOException {
    if (folder != null && !Files.isDirectory(folder)) {
      createFolder(folder.getParent());
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, PROGRAM);
    }
  }

  private static Path cacheFolder() {
    String chosen = System.getProperty("terrace.cache", "");
    if (!chosen.isEmpty()) {
      return Path.of(chosen).toAbsolutePath();
    }
    if (Account.isRoot()) {
      return Path.of("/var/cache/terrace");
    }
    String xdg = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    Path caches = xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
    return caches.resolve("terrace").toAbsolutePath();
  }

  private static String machine() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String machine =
        switch (arch) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm_64";
          default -> "";
        };
    if (!os.equals("linux") || machine.isEmpty()) {
      throw new SandboxException(
          "the demo's PostgreSQL runs on Linux (x86-64 and ARM64), not on " + os + " " + arch);
    }
    return machine;
  }

  private static String version() {
    try {
      Properties properties = new Properties();
      properties.load(new StringReader(Resources.text("postgresql.properties")));
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

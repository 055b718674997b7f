package dev.terrace.http.access;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that lines are added to. When it was moved away, as logrotate does, or deleted, a new one
 * is begun under its name, at the latest a second later.
 */
final class LogFile implements LogTarget {

  private static final byte[] LINE_END = {'\n'};
  private static final long LOOK_NANOS = 1_000_000_000L;

  private final Path path;
  private FileChannel channel;

  /** Whether writing ended within a line. */
  private boolean torn;

  private @Nullable Object identity;
  private volatile boolean asked;
  private long lookedNanos = System.nanoTime();

  private LogFile(Path path) throws IOException {
    this.path = path;
    channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    identity = identity(path);
  }

  /** Opens it; it is begun if it is not there. */
  static LogFile open(Path path) throws IOException {
    return new LogFile(path);
  }

  private static @Nullable Object identity(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  @Override
  public void write(ByteBuffer lines) throws IOException {
    if (!channel.isOpen() || asked || System.nanoTime() - lookedNanos > LOOK_NANOS) {
      look();
    }
    if (torn) {
      channel.write(ByteBuffer.wrap(LINE_END));
      torn = false;
    }
    int start = lines.position();
    try {
      while (lines.hasRemaining()) {
        channel.write(lines);
      }
    } catch (IOException e) {
      torn = lines.position() > start;
      throw e;
    }
  }

  private void look() throws IOException {
    asked = false;
    lookedNanos = System.nanoTime();
    boolean same = channel.isOpen();
    if (same) {
      try {
        same = Objects.equals(identity, identity(path));
      } catch (IOException e) {
        same = false; // not there
      }
    }
    if (!same) {
      channel.close();
      channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      identity = identity(path);
    }
  }

  @Override
  public void lookAgain() {
    asked = true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

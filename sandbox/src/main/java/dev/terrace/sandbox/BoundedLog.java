package dev.terrace.sandbox;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A child's output in a file that cannot fill the disk: at the limit it becomes {@code NAME.1} and
 * a new one begins. The last part is kept in memory too, for error messages.
 */
final class BoundedLog implements AutoCloseable {

  private static final int TAIL = 4096;

  private final Path file;
  private final long limit;
  private final byte[] tail = new byte[TAIL];
  private long written;
  private long sinceStart;
  private boolean failed;
  private OutputStream out;

  BoundedLog(Path file, long limit) {
    this.file = file;
    this.limit = limit;
    try {
      this.out = open();
      this.written = Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private OutputStream open() throws IOException {
    return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  synchronized void append(byte[] bytes, int length) {
    remember(bytes, length);
    try {
      write(bytes, length);
    } catch (IOException e) {
      // A full disk: the end of the output is still in memory, and the child must not be held up.
      failed = true;
    }
  }

  private void remember(byte[] bytes, int length) {
    int from = Math.max(0, length - TAIL);
    for (int i = from; i < length; i++) {
      tail[(int) ((sinceStart + i) % TAIL)] = bytes[i];
    }
    sinceStart += length;
  }

  private void write(byte[] bytes, int length) throws IOException {
    if (failed) {
      return;
    }
    if (written + length > limit && written > 0) {
      out.close();
      Files.move(file, Path.of(file + ".1"), StandardCopyOption.REPLACE_EXISTING);
      out = open();
      written = 0;
    }
    out.write(bytes, 0, length);
    written += length;
  }

  /** The last lines, at most 4096 bytes. */
  synchronized String tail() {
    int length = (int) Math.min(sinceStart, TAIL);
    byte[] ordered = new byte[length];
    for (int i = 0; i < length; i++) {
      ordered[i] = tail[(int) ((sinceStart - length + i) % TAIL)];
    }
    return new String(ordered, StandardCharsets.UTF_8).strip();
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}

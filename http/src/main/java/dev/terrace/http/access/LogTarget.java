package dev.terrace.http.access;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Where lines go. */
interface LogTarget extends Closeable {

  /** Writes whole lines. */
  void write(ByteBuffer lines) throws IOException;

  /** Before the next lines, finds out whether it is still where it was. Called by any thread. */
  void lookAgain();

  /** The standard output, which stays open. */
  static LogTarget standardOutput() {
    FileChannel out = new FileOutputStream(FileDescriptor.out).getChannel();
    return new LogTarget() {
      @Override
      public void write(ByteBuffer lines) throws IOException {
        while (lines.hasRemaining()) {
          out.write(lines);
        }
      }

      @Override
      public void lookAgain() {}

      @Override
      public void close() {}
    };
  }
}

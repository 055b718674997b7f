package dev.terrace.kv.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How bytes reach files; a test puts a disk in its place that is full. */
interface Disk {

  /** Writes all that remains. */
  void write(FileChannel channel, ByteBuffer bytes) throws IOException;

  /** The real one. */
  static Disk real() {
    return (channel, bytes) -> {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    };
  }

  /** Makes names in a folder safe: of new files and of deleted ones. */
  static void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}

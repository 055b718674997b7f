package dev.terrace.kv.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;

/** One file of a journal that frames are appended to. */
final class Segment implements AutoCloseable {

  static final String SUFFIX = ".journal";

  private final Path file;
  private final long first;
  private final FileChannel channel;
  private long bytes;

  private Segment(Path file, long first, FileChannel channel, long bytes) {
    this.file = file;
    this.first = first;
    this.channel = channel;
    this.bytes = bytes;
  }

  static String fileName(long first) {
    return HexFormat.of().toHexDigits(first) + SUFFIX;
  }

  /** A new one, whose header is safe before any frame is. */
  static Segment create(Path folder, SegmentHeader header, Disk disk) throws IOException {
    Path file = folder.resolve(fileName(header.first()));
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      disk.write(channel, header.encoded());
      channel.force(true);
      Disk.forceFolder(folder);
      return new Segment(file, header.first(), channel, SegmentHeader.BYTES);
    } catch (IOException e) {
      channel.close();
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** One that is there, cut off after that many bytes. */
  static Segment resume(Path file, long first, long bytes) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    try {
      channel.truncate(bytes);
      channel.position(bytes);
      // What was read may have been in the system's memory only; later frames say it is safe.
      channel.force(true);
      return new Segment(file, first, channel, bytes);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  Path file() {
    return file;
  }

  long first() {
    return first;
  }

  long bytes() {
    return bytes;
  }

  void write(ByteBuffer frames, Disk disk) throws IOException {
    int length = frames.remaining();
    disk.write(channel, frames);
    bytes += length;
  }

  void force() throws IOException {
    channel.force(false);
  }

  /** Takes back what was written since it was that long. */
  void cutBack(long toBytes) throws IOException {
    channel.truncate(toBytes);
    channel.position(toBytes);
    bytes = toBytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

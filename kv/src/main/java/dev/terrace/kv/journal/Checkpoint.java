package dev.terrace.kv.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Up to where a journal's records are needed no more, as a small file beside the segments. It may
 * lag behind; an old one, or none, only means more work after a start.
 *
 * @param needed the first position that is needed
 */
record Checkpoint(UUID journal, long needed) {

  private static final int BYTES = 28;

  boolean needs(UUID of, long position) {
    return position >= needed || !journal.equals(of);
  }

  void write(Path folder) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(journal.getMostSignificantBits()).putLong(journal.getLeastSignificantBits());
    bytes.putLong(needed);
    bytes.putInt(checksum(bytes)).flip();
    Path fresh = folder.resolve("checkpoint.new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      Disk.real().write(channel, bytes);
    }
    Files.move(fresh, folder.resolve("checkpoint"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** The one of a folder, if there is one that can be read. */
  static Optional<Checkpoint> read(Path folder) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("checkpoint")));
      return bytes.limit() == BYTES && bytes.getInt(BYTES - Integer.BYTES) == checksum(bytes)
          ? Optional.of(
              new Checkpoint(new UUID(bytes.getLong(0), bytes.getLong(8)), bytes.getLong(16)))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes.slice(0, BYTES - Integer.BYTES));
    return (int) sum.getValue();
  }
}

package dev.terrace.kv.journal;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The beginning of a segment's file.
 *
 * @param journal the journal that it belongs to
 * @param first the position of its first frame
 */
record SegmentHeader(UUID journal, long first) {

  static final int BYTES = 40;

  private static final long MAGIC = 0x54_52_43_4A_52_4E_4C_0AL; // "TRCJRNL\n"
  private static final int VERSION = 1;
  private static final int CHECKSUM_AT = BYTES - Integer.BYTES;

  ByteBuffer encoded() {
    ByteBuffer header = ByteBuffer.allocate(BYTES);
    header.putLong(MAGIC).putInt(VERSION);
    header.putLong(journal.getMostSignificantBits()).putLong(journal.getLeastSignificantBits());
    header.putLong(first);
    return header.putInt(checksum(header)).flip();
  }

  /** What a file begins with, or nothing if that is not what a segment begins with. */
  static Optional<SegmentHeader> of(ByteBuffer file) {
    if (file.limit() < BYTES
        || file.getLong(0) != MAGIC
        || file.getInt(8) != VERSION
        || file.getInt(CHECKSUM_AT) != checksum(file)) {
      return Optional.empty();
    }
    UUID journal = new UUID(file.getLong(12), file.getLong(20));
    return Optional.of(new SegmentHeader(journal, file.getLong(28)));
  }

  private static int checksum(ByteBuffer header) {
    CRC32C sum = new CRC32C();
    sum.update(header.slice(0, CHECKSUM_AT));
    return (int) sum.getValue();
  }
}

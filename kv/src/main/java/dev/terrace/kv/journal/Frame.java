package dev.terrace.kv.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How one record lies in a segment: its length, a checksum of all the rest, its position, its place
 * in the group that was written at once, and the record.
 *
 * <p>The place in the group says what was safe before: a frame that is third in its group at
 * position 12 was written after the disk had confirmed all up to 9. So if frame 8 is bad and frame
 * 12 is good, then 8 was acknowledged once and has rotted; had the writing of 8 been cut short, no
 * group after it would be there. Without waiting for the disk nothing can be said, which {@link
 * #UNCONFIRMED} stands for.
 */
final class Frame {

  static final int HEADER_BYTES = 20;

  /** The place of a frame that says nothing of those before it. */
  static final int UNCONFIRMED = -1;

  private static final int CHECKSUM_AT = 4;
  private static final int POSITION_AT = 8;

  private Frame() {}

  static long bytes(byte[] payload) {
    return HEADER_BYTES + (long) payload.length;
  }

  static ByteBuffer header(long position, int place, byte[] payload) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putInt(payload.length).putInt(0).putLong(position).putInt(place);
    CRC32C sum = new CRC32C();
    sum.update(header.array(), 0, CHECKSUM_AT);
    sum.update(header.array(), POSITION_AT, HEADER_BYTES - POSITION_AT);
    sum.update(payload);
    return header.putInt(CHECKSUM_AT, (int) sum.getValue()).flip();
  }

  /**
   * The length of the frame that begins there, or 0 if none does.
   *
   * @param file all of a segment
   */
  static int check(ByteBuffer file, int at) {
    int left = file.limit() - at - HEADER_BYTES;
    if (left < 1) {
      return 0;
    }
    int length = file.getInt(at);
    if (length < 1 || length > left) {
      return 0;
    }
    CRC32C sum = new CRC32C();
    sum.update(file.slice(at, CHECKSUM_AT));
    sum.update(file.slice(at + POSITION_AT, HEADER_BYTES - POSITION_AT + length));
    return (int) sum.getValue() == file.getInt(at + CHECKSUM_AT) ? HEADER_BYTES + length : 0;
  }

  static long position(ByteBuffer file, int at) {
    return file.getLong(at + POSITION_AT);
  }

  static int place(ByteBuffer file, int at) {
    return file.getInt(at + POSITION_AT + Long.BYTES);
  }

  static byte[] payload(ByteBuffer file, int at) {
    byte[] payload = new byte[file.getInt(at)];
    file.get(at + HEADER_BYTES, payload);
    return payload;
  }
}

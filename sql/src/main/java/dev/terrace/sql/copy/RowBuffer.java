package dev.terrace.sql.copy;

import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Bytes that are not yet a whole row. */
final class RowBuffer {

  private static final int CAPACITY = 8 << 10;

  private final int rowMax;
  byte[] bytes = new byte[CAPACITY];

  /** Where the row begins, how far it was looked at, and where the bytes end. */
  int start;

  int at;
  int end;

  RowBuffer(int rowMax) {
    this.rowMax = rowMax;
  }

  /** Adds bytes behind those that are there, which move to the front. */
  void add(ByteBuf data) throws CopyFailure {
    int left = end - start;
    System.arraycopy(bytes, start, bytes, 0, left);
    at -= start;
    start = 0;
    end = left;
    if (left > rowMax) {
      throw new CopyFailure(
          SqlError.error(
              "54000",
              "a row of COPY is longer than the " + rowMax + " bytes allowed",
              "Raise sql.max-message."));
    }
    int length = data.readableBytes();
    if (left + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(left + length, 2 * left));
    }
    data.readBytes(bytes, left, length);
    end += length;
  }

  boolean has(int count) {
    return end - at >= count;
  }

  int readShort() {
    int value = (short) ((bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF));
    at += 2;
    return value;
  }

  int readInt() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value = value << 8 | (bytes[at++] & 0xFF);
    }
    return value;
  }
}

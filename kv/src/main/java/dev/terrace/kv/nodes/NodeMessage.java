package dev.terrace.kv.nodes;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one node tells the others.
 *
 * @param node the node's number, drawn when it starts
 * @param number of the node's messages, from 1; one that is sent again keeps it
 * @param keys which were written
 */
record NodeMessage(long node, long number, Kind kind, List<byte[]> keys) {

  /** What a message says. */
  enum Kind {
    /** These keys were written; with none, only that the node is there. */
    WRITTEN(1),
    /** More keys were written than can be told. */
    ALL(2),
    /** The node stops, and writes no more. */
    BYE(3);

    private final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }

    private static @Nullable Kind of(byte code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      return null;
    }
  }

  private static final int MAGIC = 0x7e88_ac01;
  private static final int HEAD_BYTES = 4 + 8 + 8 + 1 + 4;

  NodeMessage {
    keys = List.copyOf(keys);
  }

  byte[] bytes() {
    ByteBuffer out =
        ByteBuffer.allocate(HEAD_BYTES + keys.stream().mapToInt(k -> 4 + k.length).sum());
    out.putInt(MAGIC).putLong(node).putLong(number).put(kind.code).putInt(keys.size());
    keys.forEach(key -> out.putInt(key.length).put(key));
    return out.array();
  }

  /** The message, or null if it is none. */
  static @Nullable NodeMessage read(byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      if (in.getInt() != MAGIC) {
        return null;
      }
      long node = in.getLong();
      long number = in.getLong();
      Kind kind = Kind.of(in.get());
      int count = in.getInt();
      if (kind == null || count < 0 || count > in.remaining() / 4) {
        return null;
      }
      List<byte[]> keys = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
          return null;
        }
        byte[] key = new byte[length];
        in.get(key);
        keys.add(key);
      }
      return in.hasRemaining() ? null : new NodeMessage(node, number, kind, keys);
    } catch (BufferUnderflowException e) {
      return null;
    }
  }
}

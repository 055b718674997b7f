package dev.terrace.sql.gather;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a RowDescription message says. */
public record Description(List<String> names, List<Integer> types) {

  // Fowler, Noll and Vo's.
  private static final long FINGERPRINT_START = 0xcbf29ce484222325L;
  private static final long FINGERPRINT_FACTOR = 0x100000001b3L;

  public Description {
    names = List.copyOf(names);
    types = List.copyOf(types);
  }

  /** Reads the message's body, which stays as it is. */
  public static Description read(ByteBuf body) {
    ByteBuf in = body.duplicate();
    int count = in.readUnsignedShort();
    List<String> names = new ArrayList<>(count);
    List<Integer> types = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int length = in.bytesBefore((byte) 0);
      names.add(in.readCharSequence(length, StandardCharsets.UTF_8).toString());
      // The zero, the table and the column's number.
      in.skipBytes(7);
      types.add(in.readInt());
      // Size, modifier, format.
      in.skipBytes(8);
    }
    return new Description(names, types);
  }

  /**
   * What the message says of names and types, in a number that is never 0; of a message without a
   * body, NoData, too. Users' types have other numbers on each server.
   */
  public static long fingerprint(ByteBuf body) {
    long hash = FINGERPRINT_START;
    ByteBuf in = body.duplicate();
    int count = in.isReadable() ? in.readUnsignedShort() : -1;
    for (int i = 0; i < count; i++) {
      for (byte letter = in.readByte(); letter != 0; letter = in.readByte()) {
        hash = (hash ^ letter) * FINGERPRINT_FACTOR;
      }
      in.skipBytes(6);
      int type = (int) Math.min(in.readUnsignedInt(), ArrayTypes.FIRST_OF_USERS);
      in.skipBytes(2);
      int modifier = in.readInt();
      hash = (hash ^ ((long) type << 32 | (modifier & 0xffffffffL))) * FINGERPRINT_FACTOR;
      in.skipBytes(2);
    }
    return ((hash ^ count) * FINGERPRINT_FACTOR) | 1;
  }

  /** Whether another server's columns are the same; the numbers of users' types may differ. */
  public static boolean fit(List<Integer> left, List<Integer> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      boolean users =
          left.get(i) >= ArrayTypes.FIRST_OF_USERS && right.get(i) >= ArrayTypes.FIRST_OF_USERS;
      if (!users && !left.get(i).equals(right.get(i))) {
        return false;
      }
    }
    return true;
  }
}

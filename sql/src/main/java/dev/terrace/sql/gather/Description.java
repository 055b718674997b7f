package dev.terrace.sql.gather;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a RowDescription message says. */
public record Description(List<String> names, List<Integer> types) {

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

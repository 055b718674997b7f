package dev.terrace.kv.pass;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Looks into whole replies. */
final class Elements {

  private Elements() {}

  /** The number in a reply's first line. */
  static long number(ByteBuf reply, int start) {
    int at = start + 1;
    boolean negative = reply.getByte(at) == '-';
    if (negative) {
      at++;
    }
    long value = 0;
    for (byte b = reply.getByte(at); b >= '0' && b <= '9'; b = reply.getByte(++at)) {
      value = value * 10 + b - '0';
    }
    return negative ? -value : value;
  }

  /** Where the first line ends. */
  static int body(ByteBuf reply, int start) {
    return reply.indexOf(start, reply.writerIndex(), (byte) '\n') + 1;
  }

  /** Where each element of a list ends; the first begins at {@link #body}. */
  static int[] ends(ByteBuf list) {
    int start = list.readerIndex();
    int[] ends = new int[(int) Math.max(0, number(list, start))];
    ReplyScanner scanner = new ReplyScanner();
    int at = body(list, start);
    for (int i = 0; i < ends.length; i++) {
      at = scanner.end(list, at, list.writerIndex());
      ends[i] = at;
    }
    return ends;
  }

  /** The first strings of a list; fewer if others are among them. */
  static List<byte[]> words(ByteBuf list, int wanted) {
    List<byte[]> words = new ArrayList<>();
    byte kind = list.getByte(list.readerIndex());
    if (kind != '*' && kind != '>') {
      return words;
    }
    int at = body(list, list.readerIndex());
    while (words.size() < wanted && at < list.writerIndex() && list.getByte(at) == '$') {
      int length = (int) number(list, at);
      if (length < 0) {
        return words;
      }
      int start = body(list, at);
      byte[] word = new byte[length];
      list.getBytes(start, word);
      words.add(word);
      at = start + length + 2;
    }
    return words;
  }
}

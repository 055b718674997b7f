package dev.terrace.dns;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Writes names with compression (RFC 1035, section 4.1.4): what a name ends in and an earlier one
 * did too becomes a pointer. It remembers where the names lie in memory, so that finding a match
 * reads nothing back from the message.
 */
final class NameWriter {

  private static final int POINTER = 0xC000;
  private static final int POINTER_MAX = 0x3FFF;
  private static final int KNOWN_MAX = 64;

  private final byte[][] knownWire = new byte[KNOWN_MAX][];
  private final int[] knownFrom = new int[KNOWN_MAX];
  private final int[] knownLength = new int[KNOWN_MAX];
  private final int[] knownAt = new int[KNOWN_MAX];
  private int known;
  private int messageStart;

  /** Starts a message that already holds one name, of that length, right behind its header. */
  void begin(int start, byte[] questionName, int length) {
    messageStart = start;
    known = 0;
    remember(questionName, 0, length, Query.HEADER);
  }

  /** Writes the name, or its first labels and a pointer to the rest. */
  void write(ByteBuf out, byte[] wire, int length) {
    int at = 0;
    int offset = out.writerIndex() - messageStart;
    int newLabels = 0;
    int pointer = -1;
    while (wire[at] != 0 && pointer < 0) {
      pointer = find(wire, at, length);
      if (pointer < 0) {
        at += wire[at] + 1;
        newLabels++;
      }
    }
    if (pointer < 0) {
      out.writeBytes(wire, 0, length);
    } else {
      out.writeBytes(wire, 0, at).writeShort(POINTER | pointer);
    }
    rememberLabels(wire, length, offset, newLabels);
  }

  private int find(byte[] wire, int from, int to) {
    for (int i = 0; i < known; i++) {
      if (knownLength[i] == to - from
          && Arrays.equals(
              wire, from, to, knownWire[i], knownFrom[i], knownFrom[i] + knownLength[i])) {
        return knownAt[i];
      }
    }
    return -1;
  }

  private void remember(byte[] wire, int from, int length, int offset) {
    rememberLabels(wire, length, offset + from, Integer.MAX_VALUE);
  }

  private void rememberLabels(byte[] wire, int length, int offset, int labels) {
    int at = 0;
    for (int i = 0; i < labels && wire[at] != 0; i++) {
      if (known == KNOWN_MAX || offset + at > POINTER_MAX) {
        return;
      }
      knownWire[known] = wire;
      knownFrom[known] = at;
      knownLength[known] = length - at;
      knownAt[known] = offset + at;
      known++;
      at += wire[at] + 1;
    }
  }
}

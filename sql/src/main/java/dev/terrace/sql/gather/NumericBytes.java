package dev.terrace.sql.gather;

import io.netty.buffer.ByteBuf;

/**
 * The order of numeric in binary format: the count of digits to the base 10,000, the weight of the
 * first, a sign, a display scale that does not matter here, the digits.
 */
final class NumericBytes {

  private static final int NEGATIVE = 0x4000;
  private static final int NAN = 0xC000;
  private static final int INFINITY = 0xD000;
  private static final int NEGATIVE_INFINITY = 0xF000;
  private static final int DIGITS = 8;

  private NumericBytes() {}

  static int compare(ByteBuf left, ByteBuf right) {
    int leftRank = rank(left);
    int rightRank = rank(right);
    if (leftRank != rightRank || leftRank < -1 || leftRank > 1 || leftRank == 0) {
      return Integer.compare(leftRank, rightRank);
    }
    int magnitude = magnitude(left, right);
    return leftRank < 0 ? -magnitude : magnitude;
  }

  /** -2 to 3: negative infinity, negative, zero, positive, infinity, NaN. */
  private static int rank(ByteBuf value) {
    return switch (value.getUnsignedShort(4)) {
      case NAN -> 3;
      case INFINITY -> 2;
      case NEGATIVE_INFINITY -> -2;
      case NEGATIVE -> first(value) < 0 ? 0 : -1;
      default -> first(value) < 0 ? 0 : 1;
    };
  }

  /** The first digit that is not zero, or -1. */
  private static int first(ByteBuf value) {
    int count = value.getUnsignedShort(0);
    for (int i = 0; i < count; i++) {
      if (value.getUnsignedShort(DIGITS + 2 * i) != 0) {
        return i;
      }
    }
    return -1;
  }

  private static int magnitude(ByteBuf left, ByteBuf right) {
    int leftAt = first(left);
    int rightAt = first(right);
    int weight = Integer.compare(left.getShort(2) - leftAt, right.getShort(2) - rightAt);
    if (weight != 0) {
      return weight;
    }
    while (leftAt < left.getUnsignedShort(0) || rightAt < right.getUnsignedShort(0)) {
      int result = Integer.compare(digit(left, leftAt++), digit(right, rightAt++));
      if (result != 0) {
        return result;
      }
    }
    return 0;
  }

  private static int digit(ByteBuf value, int index) {
    return index < value.getUnsignedShort(0) ? value.getUnsignedShort(DIGITS + 2 * index) : 0;
  }
}

package dev.terrace.sql.gather;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Optional;

/** How PostgreSQL compares two values of a type, given in binary format. */
interface KeyComparison {

  int BOOL = 16;
  int BYTEA = 17;
  int INT8 = 20;
  int INT2 = 21;
  int INT4 = 23;
  int TEXT = 25;
  int OID = 26;
  int FLOAT4 = 700;
  int FLOAT8 = 701;
  int VARCHAR = 1043;
  int DATE = 1082;
  int TIME = 1083;
  int TIMESTAMP = 1114;
  int TIMESTAMPTZ = 1184;
  int NUMERIC = 1700;
  int UUID = 2950;

  /** As comparators do: -1, 0 or 1. */
  int compare(ByteBuf left, ByteBuf right);

  /**
   * The comparison for a type; empty if only a server has it.
   *
   * @param plain whether its collation is known to be C
   */
  static Optional<KeyComparison> of(int typeOid, boolean plain) {
    return switch (typeOid) {
      case INT2 -> Optional.of((a, b) -> sign(Short.compare(a.getShort(0), b.getShort(0))));
      case INT4, DATE -> Optional.of((a, b) -> Integer.compare(a.getInt(0), b.getInt(0)));
      case INT8, TIME, TIMESTAMP, TIMESTAMPTZ ->
          Optional.of((a, b) -> Long.compare(a.getLong(0), b.getLong(0)));
      case OID -> Optional.of((a, b) -> sign(Integer.compareUnsigned(a.getInt(0), b.getInt(0))));
      case FLOAT4 -> Optional.of((a, b) -> floats(a.getFloat(0), b.getFloat(0)));
      case FLOAT8 -> Optional.of((a, b) -> floats(a.getDouble(0), b.getDouble(0)));
      case BOOL, UUID, BYTEA -> Optional.of((a, b) -> sign(ByteBufUtil.compare(a, b)));
      case TEXT, VARCHAR ->
          plain ? Optional.of((a, b) -> sign(ByteBufUtil.compare(a, b))) : Optional.empty();
      case NUMERIC -> Optional.of(NumericBytes::compare);
      default -> Optional.empty();
    };
  }

  private static int sign(int result) {
    return Integer.signum(result);
  }

  /** NaN is equal to itself and above all else; the two zeros are equal. */
  private static int floats(double left, double right) {
    if (Double.isNaN(left) || Double.isNaN(right)) {
      return Boolean.compare(Double.isNaN(left), Double.isNaN(right));
    }
    return left < right ? -1 : left > right ? 1 : 0;
  }
}

package dev.terrace.sql.plan;

import dev.terrace.core.place.KeyType;

/** PostgreSQL's numbers for the types that a key's parameter may be declared to have. */
final class TypeOids {

  /** Not declared: the server takes the type of what the parameter is compared with. */
  static final int UNSPECIFIED = 0;

  static final int BOOLEAN = 16;
  static final int BYTEA = 17;
  static final int INT8 = 20;
  static final int INT2 = 21;
  static final int INT4 = 23;
  static final int TEXT = 25;
  static final int UNKNOWN = 705;
  static final int BPCHAR = 1042;
  static final int VARCHAR = 1043;
  static final int DATE = 1082;
  static final int TIMESTAMP = 1114;
  static final int TIMESTAMPTZ = 1184;
  static final int NUMERIC = 1700;
  static final int UUID = 2950;

  private static final int BOOLEAN_ARRAY = 1000;
  private static final int BYTEA_ARRAY = 1001;
  private static final int INT2_ARRAY = 1005;
  private static final int INT4_ARRAY = 1007;
  private static final int TEXT_ARRAY = 1009;
  private static final int BPCHAR_ARRAY = 1014;
  private static final int VARCHAR_ARRAY = 1015;
  private static final int INT8_ARRAY = 1016;
  private static final int TIMESTAMP_ARRAY = 1115;
  private static final int DATE_ARRAY = 1182;
  private static final int TIMESTAMPTZ_ARRAY = 1185;
  private static final int NUMERIC_ARRAY = 1231;
  private static final int UUID_ARRAY = 2951;

  private TypeOids() {}

  /** Whether a parameter declared so is compared with a key of that type by the key's own rules. */
  static boolean fits(int oid, KeyType type) {
    if (oid == UNSPECIFIED || isText(oid)) {
      return true;
    }
    return switch (type) {
      case BIGINT -> isWhole(oid);
      // Not with a float, which would have both compared as floats.
      case NUMERIC -> oid == NUMERIC || isWhole(oid);
      case TEXT -> false;
      case BPCHAR -> oid == BPCHAR;
      case BYTEA -> oid == BYTEA;
      case BOOLEAN -> oid == BOOLEAN;
      case UUID -> oid == UUID;
      case DATE -> oid == DATE;
      case TIMESTAMP -> oid == TIMESTAMP;
      case TIMESTAMPTZ -> oid == TIMESTAMPTZ;
    };
  }

  /** Whether a type is one of the integers. */
  static boolean isWhole(int oid) {
    return oid == INT8 || oid == INT4 || oid == INT2;
  }

  /** Whether the binary form of a type is its text. */
  static boolean isText(int oid) {
    return oid == TEXT || oid == VARCHAR || oid == UNKNOWN;
  }

  /** As {@link #fits}, of arrays. */
  static boolean arrayFits(int oid, KeyType type) {
    if (oid == UNSPECIFIED || oid == TEXT_ARRAY || oid == VARCHAR_ARRAY || isText(oid)) {
      return true;
    }
    return switch (type) {
      case BIGINT -> isWholeArray(oid);
      case NUMERIC -> oid == NUMERIC_ARRAY || isWholeArray(oid);
      case TEXT -> false;
      case BPCHAR -> oid == BPCHAR_ARRAY;
      case BYTEA -> oid == BYTEA_ARRAY;
      case BOOLEAN -> oid == BOOLEAN_ARRAY;
      case UUID -> oid == UUID_ARRAY;
      case DATE -> oid == DATE_ARRAY;
      case TIMESTAMP -> oid == TIMESTAMP_ARRAY;
      case TIMESTAMPTZ -> oid == TIMESTAMPTZ_ARRAY;
    };
  }

  private static boolean isWholeArray(int oid) {
    return oid == INT8_ARRAY || oid == INT4_ARRAY || oid == INT2_ARRAY;
  }
}

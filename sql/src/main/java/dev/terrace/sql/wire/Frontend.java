package dev.terrace.sql.wire;

/** The types of the messages that clients send. */
public final class Frontend {

  /** A simple query. */
  public static final byte QUERY = 'Q';

  /** Prepares a statement. */
  public static final byte PARSE = 'P';

  /** Binds parameters to a statement, which makes a portal. */
  public static final byte BIND = 'B';

  /** Asks what a statement or portal looks like. */
  public static final byte DESCRIBE = 'D';

  /** Runs a portal. */
  public static final byte EXECUTE = 'E';

  /** Closes a statement or portal. */
  public static final byte CLOSE = 'C';

  /** Ends a pipeline of extended queries. */
  public static final byte SYNC = 'S';

  /** Asks for the answers so far. */
  public static final byte FLUSH = 'H';

  /** Calls a function by its number. */
  public static final byte FUNCTION_CALL = 'F';

  /** Says good bye. */
  public static final byte TERMINATE = 'X';

  /** A piece of COPY data. */
  public static final byte COPY_DATA = 'd';

  /** The end of COPY data. */
  public static final byte COPY_DONE = 'c';

  /** Breaks a COPY off. */
  public static final byte COPY_FAIL = 'f';

  /** A password, or a SASL answer. */
  public static final byte PASSWORD = 'p';

  private static final long KNOWN = bits("QPBDECSHFX");
  private static final long KNOWN_LOWER = bits("dcfp");

  private Frontend() {}

  private static long bits(String letters) {
    return letters.chars().mapToLong(c -> 1L << (c & 31)).reduce(0, (a, b) -> a | b);
  }

  /** Whether clients may send this type at all. */
  static boolean known(byte type) {
    return switch (type & ~31) {
      case 64 -> (KNOWN >>> (type & 31) & 1) != 0;
      case 96 -> (KNOWN_LOWER >>> (type & 31) & 1) != 0;
      default -> false;
    };
  }
}

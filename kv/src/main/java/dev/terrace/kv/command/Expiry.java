package dev.terrace.kv.command;

import dev.terrace.engine.Field;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.Entry;
import dev.terrace.kv.data.KvError;

/** When keys expire, as commands say it. */
final class Expiry {

  private Expiry() {}

  /** The unit and the start that a number is counted in and from. */
  enum Form {
    SECONDS(1000, false),
    MILLIS(1, false),
    AT_SECONDS(1000, true),
    AT_MILLIS(1, true);

    private final long millis;
    private final boolean absolute;

    Form(long millis, boolean absolute) {
      this.millis = millis;
      this.absolute = absolute;
    }
  }

  /** The time in milliseconds of the wall clock that the word means. */
  static long at(byte[] word, Form form, long nowMillis, String command) throws KvError {
    long number = Arguments.number(word);
    try {
      long millis = Math.multiplyExact(number, form.millis);
      long at = form.absolute ? millis : Math.addExact(millis, nowMillis);
      if (Math.abs(at) < TIME_MAX) {
        return at;
      }
    } catch (ArithmeticException e) {
      // Said below.
    }
    throw invalid(command);
  }

  /** The year 10000: beyond it the printed forms differ. */
  private static final long TIME_MAX = 253_402_300_800_000L;

  static KvError invalid(String command) {
    return KvError.of("invalid expire time in '" + command + "' command");
  }

  /** The column that expiry is kept in, or an error that says how to get one. */
  static String column(Collection c) throws KvError {
    return c.expiresColumn()
        .orElseThrow(() ->
            KvError.of(
                "keys of collection '"
                    + c.name()
                    + "' cannot expire: give it an expires: column"
                    + " (timestamptz) in the file"));
  }

  /** The field that makes a row expire then, or never. */
  static Field field(String column, long atMillis) {
    return atMillis == Entry.NEVER ? Field.ofNull(column) : Field.of(column, Entry.time(atMillis));
  }
}

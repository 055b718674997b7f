package dev.terrace.kv.command;

import dev.terrace.kv.command.Expiry.Form;
import dev.terrace.kv.data.Entry;
import dev.terrace.kv.data.KvError;
import org.jspecify.annotations.Nullable;

/**
 * The options of SET and GETEX.
 *
 * @param expiresAtMillis when the key is to expire; {@link Entry#NEVER} if no option says
 * @param keep whether the expiry stays as it is
 */
record SetOptions(
    boolean ifAbsent,
    boolean ifPresent,
    boolean get,
    boolean keep,
    long expiresAtMillis,
    boolean persist) {

  static SetOptions of(byte[][] args, int from, String command, long nowMillis) throws KvError {
    boolean nx = false;
    boolean xx = false;
    boolean get = false;
    boolean keep = false;
    boolean persist = false;
    Form unit = null;
    byte[] time = {};
    for (int i = from; i < args.length; i++) {
      Form form = form(args[i]);
      if (form != null) {
        // The same unit may come again, and the last time counts.
        if ((unit != null && unit != form) || i + 1 == args.length) {
          throw Arguments.syntax();
        }
        unit = form;
        time = args[++i];
      } else if (Arguments.is(args[i], "NX")) {
        nx = true;
      } else if (Arguments.is(args[i], "XX")) {
        xx = true;
      } else if (Arguments.is(args[i], "GET")) {
        get = true;
      } else if (Arguments.is(args[i], "KEEPTTL")) {
        keep = true;
      } else if (Arguments.is(args[i], "PERSIST") && command.equals("getex")) {
        persist = true;
      } else {
        throw Arguments.syntax();
      }
    }
    int expiries = (keep ? 1 : 0) + (unit != null ? 1 : 0) + (persist ? 1 : 0);
    boolean setOnly = nx || xx || get || keep;
    if ((nx && xx) || expiries > 1 || (setOnly && command.equals("getex"))) {
      throw Arguments.syntax();
    }
    long at = unit == null ? Entry.NEVER : at(time, unit, nowMillis, command);
    return new SetOptions(nx, xx, get, keep, at, persist);
  }

  private static long at(byte[] time, Form unit, long nowMillis, String command) throws KvError {
    if (Arguments.number(time) <= 0) {
      throw Expiry.invalid(command);
    }
    return Expiry.at(time, unit, nowMillis, command);
  }

  private static @Nullable Form form(byte[] word) {
    if (Arguments.is(word, "EX")) {
      return Form.SECONDS;
    }
    if (Arguments.is(word, "PX")) {
      return Form.MILLIS;
    }
    if (Arguments.is(word, "EXAT")) {
      return Form.AT_SECONDS;
    }
    return Arguments.is(word, "PXAT") ? Form.AT_MILLIS : null;
  }
}

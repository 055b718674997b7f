package dev.terrace.kv.command;

import dev.terrace.kv.data.KvError;
import java.nio.charset.StandardCharsets;

/** Reads the words of a command. */
final class Arguments {

  private Arguments() {}

  static String text(byte[] arg) {
    return new String(arg, StandardCharsets.UTF_8);
  }

  /** Whether the word is that keyword, in whatever case; the keyword is in upper case. */
  static boolean is(byte[] arg, String keyword) {
    if (arg.length != keyword.length()) {
      return false;
    }
    for (int i = 0; i < arg.length; i++) {
      int c = arg[i] >= 'a' && arg[i] <= 'z' ? arg[i] - 32 : arg[i];
      if (c != keyword.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static long number(byte[] arg) throws KvError {
    try {
      String text = text(arg);
      if (!text.startsWith("+")) {
        return Long.parseLong(text);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw KvError.of("value is not an integer or out of range");
  }

  static KvError syntax() {
    return KvError.of("syntax error");
  }
}

package dev.terrace.sql.server;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How a client's texts are encoded ({@code client_encoding}). Servers convert them; Terrace reads
 * statements as UTF8, and finds its way in all encodings in which each byte of a letter that is not
 * ASCII's is above ASCII.
 *
 * @param name by PostgreSQL's rules, in which encodings are equal whose names differ in case and
 *     marks alone
 * @param kind whether, and how far, it is read
 */
public record ClientEncoding(String name, Kind kind) {

  /** Whether, and how far, an encoding is read. */
  public enum Kind {
    /** All is read. */
    UTF8,
    /** What is ASCII is read; the rest passes through. */
    ABOVE_ASCII,
    /** Its letters may have bytes that are ASCII's too, such as quotes and backslashes. */
    UNREADABLE
  }

  /** What servers and most clients have. */
  public static final ClientEncoding UTF8 = new ClientEncoding("utf8", Kind.UTF8);

  private static final Pattern AS_UTF8 = Pattern.compile("utf8|unicode|sqlascii|default");

  private static final Pattern ABOVE_ASCII =
      Pattern.compile(
          "latin([1-9]|10)|iso8859([1-9]|1[03456])|(win|windows)(125[0-8]|866|874)|win|alt|abc"
              + "|tcvn|tcvn5712|vscii|koi8[ru]?|euc(cn|jp|kr|tw|jis2004)");

  /** The encoding of that name. */
  public static ClientEncoding of(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    if (AS_UTF8.matcher(plain).matches()) {
      return UTF8;
    }
    boolean above = ABOVE_ASCII.matcher(plain).matches();
    return new ClientEncoding(plain, above ? Kind.ABOVE_ASCII : Kind.UNREADABLE);
  }

  /** Whether it is UTF8, or what does not differ from it as far as Terrace is concerned. */
  public boolean isUtf8() {
    return kind == Kind.UTF8;
  }

  /** Whether a text is ASCII's alone, and so the same in all encodings. */
  public static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7f) {
        return false;
      }
    }
    return true;
  }
}

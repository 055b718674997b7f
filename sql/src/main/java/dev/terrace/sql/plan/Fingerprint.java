package dev.terrace.sql.plan;

/**
 * What statements have in common that differ in their constants alone: by it they are counted and
 * shown, and no value of a client's is.
 */
public final class Fingerprint {

  /** Longer ones are told apart by their beginning and their length. */
  private static final int READ_MAX = 8 * 1024;

  private static final int SHOWN_MAX = 2000;

  private final long id;
  private final String text;

  private Fingerprint(long id, String text) {
    this.id = id;
    this.text = text;
  }

  /** Of a statement that was cut into tokens. */
  static Fingerprint of(String lexed) {
    return new Fingerprint(hash(lexed), shown(lexed));
  }

  /** Of text that cannot be read: nobody knows where its constants are, so it is not shown. */
  static Fingerprint unreadable() {
    String text = "(a statement that cannot be read)";
    return new Fingerprint(hash(text), text);
  }

  /** The same for equal statements in every Terrace process of one version. */
  public long id() {
    return id;
  }

  /** The statement with a question mark in place of each constant. */
  public String text() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof Fingerprint that && id == that.id);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(id);
  }

  @Override
  public String toString() {
    return text;
  }

  private static long hash(String lexed) {
    long hash = 0xcbf29ce484222325L + lexed.length();
    int end = Math.min(lexed.length(), READ_MAX);
    for (int i = 0; i < end; i++) {
      hash = (hash ^ lexed.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    return hash ^ (hash >>> 33);
  }

  /** Without the spaces between tokens that nobody would write. */
  private static String shown(String lexed) {
    StringBuilder out = new StringBuilder(Math.min(lexed.length(), SHOWN_MAX) + 8);
    int end = Math.min(lexed.length(), SHOWN_MAX);
    for (int i = 0; i < end; i++) {
      char c = lexed.charAt(i);
      switch (c) {
        case '\1', '\2' -> mark(out, "?");
        case '\3' -> mark(out, "...");
        case ' ' -> {
          if (!glued(out, i + 1 < end ? lexed.charAt(i + 1) : ' ')) {
            out.append(' ');
          }
        }
        default -> out.append(c < ' ' ? ' ' : c);
      }
    }
    return out.append(lexed.length() > end ? " ..." : "").toString();
  }

  private static void mark(StringBuilder out, String mark) {
    if (!glued(out, '?')) {
      out.append(' ');
    }
    out.append(mark);
  }

  private static boolean glued(StringBuilder out, char next) {
    char last = out.isEmpty() ? '(' : out.charAt(out.length() - 1);
    return "([.:".indexOf(last) >= 0 || "),;].:".indexOf(next) >= 0;
  }
}

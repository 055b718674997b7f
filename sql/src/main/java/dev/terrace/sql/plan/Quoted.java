package dev.terrace.sql.plan;

/** Names and texts as SQL takes them, whatever they hold. */
public final class Quoted {

  private Quoted() {}

  /** A name. */
  public static String name(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /** A text. */
  public static String text(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}

package dev.terrace.sql.coordinate;

/** Names and texts as SQL takes them, whatever they hold. */
final class Quoted {

  private Quoted() {}

  static String name(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  static String text(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}

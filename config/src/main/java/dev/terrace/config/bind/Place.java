package dev.terrace.config.bind;

/**
 * A position in a file.
 *
 * @param line from 1
 * @param column from 1, in characters
 */
public record Place(String file, int line, int column) {

  /** The beginning of a file. */
  public static Place startOf(String file) {
    return new Place(file, 1, 1);
  }

  /** The end of a text that begins the file. */
  public static Place after(String file, String text) {
    String[] lines = text.split("\r\n|[\r\n]", -1);
    String last = lines[lines.length - 1];
    return new Place(file, lines.length, last.codePointCount(0, last.length()) + 1);
  }

  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}

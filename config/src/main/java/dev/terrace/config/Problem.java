package dev.terrace.config;

/**
 * Something wrong, or worth a warning, in the file.
 *
 * @param file the file as it was named to us
 * @param line from 1
 * @param column from 1, in characters
 * @param message what was found and what was expected
 */
public record Problem(String file, int line, int column, String message) {

  /** The form that compilers use, so that editors and terminals can jump to it. */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column + ": " + message;
  }
}

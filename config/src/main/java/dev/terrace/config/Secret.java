package dev.terrace.config;

/** A text that must never be shown: it prints as {@code ***} wherever a record prints itself. */
public record Secret(String value) {

  @Override
  public String toString() {
    return "***";
  }
}

package dev.terrace.config.bind;

import java.util.List;

/** The text's structure before anyone knows what it means; every part knows its place. */
public sealed interface Tree {

  /** Where it begins. */
  Place place();

  /**
   * A single value.
   *
   * @param text with environment variables filled in
   * @param written as it stands in the file
   * @param nothing whether it is empty, {@code ~} or {@code null} without quotes
   */
  record Scalar(String text, String written, boolean nothing, Place place) implements Tree {}

  /** A list. */
  record Items(List<Tree> items, Place place) implements Tree {}

  /** A mapping, without doubles, in the order of the text. */
  record Entries(List<Entry> entries, Place place) implements Tree {}

  /** A value whose problem has been reported. */
  record Unreadable(Place place) implements Tree {}

  /** A key with its value. */
  record Entry(String key, Place keyPlace, Tree value) {}
}

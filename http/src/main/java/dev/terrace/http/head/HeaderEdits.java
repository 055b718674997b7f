package dev.terrace.http.head;

import dev.terrace.http.wire.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Changes of a head's fields, worked out once: names that go, and lines that come. */
public final class HeaderEdits {

  /** No change. */
  public static final HeaderEdits NONE = of(Map.of(), Map.of(), List.of());

  private final String[] gone;
  private final byte[] lines;

  private HeaderEdits(String[] gone, byte[] lines) {
    this.gone = gone;
    this.lines = lines;
  }

  /**
   * Edits of these names.
   *
   * @param set values that take the place of any that are there
   * @param add values that are added to those that are there
   * @param remove names that are taken away
   */
  public static HeaderEdits of(
      Map<String, String> set, Map<String, String> add, List<String> remove) {
    List<String> gone = new ArrayList<>(remove);
    gone.addAll(set.keySet());
    StringBuilder lines = new StringBuilder();
    set.forEach((name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
    add.forEach((name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
    return new HeaderEdits(gone.toArray(String[]::new), HeadRewriter.ascii(lines.toString()));
  }

  /** Whether that field of the head goes no further. */
  boolean takesAway(Head head, int field) {
    for (String name : gone) {
      if (head.isNamed(field, name)) {
        return true;
      }
    }
    return false;
  }

  /** The lines to add, each with its CR LF. */
  byte[] lines() {
    return lines;
  }
}

package dev.terrace.config.bind;

import dev.terrace.config.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What has been found so far. */
public final class Problems {

  private static final int LENGTH_MAX = 500;

  private record Found(boolean warning, Place place, String message) {}

  private final List<Found> found = new ArrayList<>();
  private int problems;

  /** Reports what keeps the file from being served. */
  public void add(Place place, String message) {
    problems++;
    found.add(new Found(false, place, line(message)));
  }

  /** Reports what its author should know. */
  public void warn(Place place, String message) {
    found.add(new Found(true, place, line(message)));
  }

  /**
   * One line of bounded length, whatever the file's values that it quotes would do to a terminal.
   */
  private static String line(String message) {
    String plain = message.replaceAll("\\R", "\\\\n").replaceAll("\\p{Cntrl}", "?");
    return plain.length() <= LENGTH_MAX ? plain : plain.substring(0, LENGTH_MAX) + "...";
  }

  /** How many problems there are, without the warnings. */
  public int count() {
    return problems;
  }

  /** The problems in the order of the text, files by name. */
  public List<Problem> problems() {
    return sorted(false);
  }

  /** The warnings, likewise. */
  public List<Problem> warnings() {
    return sorted(true);
  }

  private List<Problem> sorted(boolean warnings) {
    return found.stream()
        .filter(f -> f.warning() == warnings)
        .map(f -> new Problem(f.place().file(), f.place().line(), f.place().column(), f.message()))
        .distinct()
        .sorted(
            Comparator.comparing(Problem::file)
                .thenComparingInt(Problem::line)
                .thenComparingInt(Problem::column))
        .toList();
  }
}

package dev.terrace.core.health;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A set of HTTP statuses, written as {@code 200-299,304}. */
public record StatusRanges(List<Range> ranges) {

  private static final Pattern RANGE = Pattern.compile("([1-9][0-9]{2})(?:-([1-9][0-9]{2}))?");

  /** Statuses from one to another, both included. */
  public record Range(int from, int to) {
    public Range {
      if (from > to) {
        throw new IllegalArgumentException("a range ascends: " + from + "-" + to);
      }
    }

    @Override
    public String toString() {
      return from == to ? String.valueOf(from) : from + "-" + to;
    }
  }

  public StatusRanges {
    ranges = List.copyOf(ranges);
  }

  /**
   * Reads statuses and ranges of them between commas.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static StatusRanges parse(String text) {
    List<Range> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher range = RANGE.matcher(part.strip());
      if (!range.matches()) {
        throw new IllegalArgumentException("'" + text + "' is not statuses such as 200-299,304");
      }
      int from = Integer.parseInt(range.group(1));
      String to = range.group(2);
      ranges.add(new Range(from, to == null ? from : Integer.parseInt(to)));
    }
    return new StatusRanges(ranges);
  }

  /** Whether the status is one of these. */
  public boolean contains(int status) {
    for (Range range : ranges) {
      if (status >= range.from() && status <= range.to()) {
        return true;
      }
    }
    return false;
  }

  /** As it is written. */
  @Override
  public String toString() {
    return String.join(",", ranges.stream().map(Range::toString).toList());
  }
}

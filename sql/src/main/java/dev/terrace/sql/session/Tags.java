package dev.terrace.sql.session;

import dev.terrace.sql.plan.Gather;
import java.util.List;

/** The tags with which commands complete: {@code SELECT 5}, {@code INSERT 0 1}. */
final class Tags {

  private Tags() {}

  /** One tag for what several shards did. */
  static String gather(Gather gather, List<String> tags) {
    if (tags.isEmpty()) {
      return "";
    }
    String first = tags.getFirst();
    int space = first.lastIndexOf(' ');
    if (gather.equals(Gather.FIRST) || space < 0) {
      return first;
    }
    long sum = 0;
    for (String tag : tags) {
      try {
        sum += Long.parseLong(tag.substring(tag.lastIndexOf(' ') + 1));
      } catch (NumberFormatException e) {
        return first;
      }
    }
    return first.substring(0, space + 1) + sum;
  }
}

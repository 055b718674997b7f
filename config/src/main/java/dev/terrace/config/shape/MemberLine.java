package dev.terrace.config.shape;

import dev.terrace.core.pool.Member;

/** A member as one line of text: {@code 10.0.0.1:8080 weight=2 zone=eu-1a}. */
public final class MemberLine {

  private static final String OPTIONS = "weight=N or zone=NAME";

  private MemberLine() {}

  /**
   * Reads a line that holds a member.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  public static Member parse(String line) {
    String[] words = line.strip().split("\\s+", -1);
    int weight = 1;
    String zone = "";
    for (int i = 1; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      String key = equals < 0 ? words[i] : words[i].substring(0, equals);
      String value = equals < 0 ? "" : words[i].substring(equals + 1);
      switch (key) {
        case "weight" -> weight = weight(value);
        case "zone" -> zone = value;
        default -> throw new IllegalArgumentException("'" + words[i] + "' is not " + OPTIONS);
      }
      if (value.isEmpty()) {
        throw new IllegalArgumentException("'" + words[i] + "' is not " + OPTIONS);
      }
    }
    return new Member(Hosts.parse(words[0]), weight, zone);
  }

  private static int weight(String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "weight must be between 1 and " + Member.WEIGHT_MAX + ", not '" + text + "'");
    }
    return Integer.parseInt(text);
  }
}

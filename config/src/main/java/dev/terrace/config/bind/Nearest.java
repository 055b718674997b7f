package dev.terrace.config.bind;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** The known name that an unknown one was probably meant to be. */
public final class Nearest {

  private static final int EDITS_MAX = 2;
  private static final int SHOWN_MAX = 12;

  private Nearest() {}

  /** {@code ; did you mean 'x'?} or, if nothing is near, {@code ; known are a, b}. */
  public static String hint(String unknown, Collection<String> known) {
    Optional<String> near = to(unknown, known);
    if (near.isPresent()) {
      return "; did you mean '" + near.get() + "'?";
    }
    String more = known.size() > SHOWN_MAX ? ", ..." : "";
    return known.isEmpty()
        ? ""
        : "; known here: " + String.join(", ", known.stream().limit(SHOWN_MAX).toList()) + more;
  }

  /** The nearest known name, if one is near enough to be worth a guess. */
  static Optional<String> to(String unknown, Collection<String> known) {
    String best = "";
    int fewest = Integer.MAX_VALUE;
    for (String candidate : known) {
      int edits = plain(unknown).equals(plain(candidate)) ? 0 : edits(unknown, candidate);
      // Two edits turn any two-letter word into any other.
      int limit = Math.min(EDITS_MAX, Math.max(unknown.length(), candidate.length()) / 2);
      if (edits <= limit && edits < fewest) {
        best = candidate;
        fewest = edits;
      }
    }
    return fewest == Integer.MAX_VALUE ? Optional.empty() : Optional.of(best);
  }

  /** maxLag, max_lag and MaxLag are all max-lag in another convention. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }

  /**
   * The Damerau-Levenshtein distance in its "optimal string alignment" form: insertions, deletions,
   * substitutions and swaps of neighbours that turn one into the other.
   */
  static int edits(String a, String b) {
    if (Math.abs(a.length() - b.length()) > EDITS_MAX) {
      return EDITS_MAX + 1;
    }
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int differs = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1);
        least = Math.min(least, cost[i - 1][j - 1] + differs);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        cost[i][j] = swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
      }
    }
    return cost[a.length()][b.length()];
  }
}

package dev.terrace.core.route;

import java.util.concurrent.atomic.LongAdder;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression over a whole path, in the syntax of {@code java.util.regex}. Paths come from
 * strangers, and some expressions take a time that is exponential in the path: a match that looks
 * at too many characters is given up and counts as none.
 */
public final class PathRegex {

  /** Looks at characters that one match may take: some tenths of a millisecond. */
  static final int STEPS_MAX = 50_000;

  private final String text;
  private final Pattern pattern;
  private final LongAdder givenUp = new LongAdder();

  private PathRegex(String text, Pattern pattern) {
    this.text = text;
    this.pattern = pattern;
  }

  /**
   * Compiles an expression.
   *
   * @throws IllegalArgumentException if it is none, saying where
   */
  public static PathRegex of(String text) {
    try {
      return new PathRegex(text, Pattern.compile(text));
    } catch (PatternSyntaxException e) {
      String where = e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1);
      throw new IllegalArgumentException(
          "'" + text + "' is not a regular expression: " + e.getDescription() + where, e);
    }
  }

  /** The expression as written. */
  public String text() {
    return text;
  }

  /** How many groups its matches have. */
  public int groups() {
    return pattern.matcher("").groupCount();
  }

  /** Whether the whole path matches. */
  public boolean matches(CharSequence path) {
    return match(path) != null;
  }

  /** The match of the whole path with its groups, or null if there is none. */
  public @Nullable MatchResult match(CharSequence path) {
    Matcher matcher = pattern.matcher(new Bounded(path));
    try {
      return matcher.matches() ? matcher.toMatchResult() : null;
    } catch (TooManySteps | StackOverflowError e) {
      // Repeated groups recurse: the stack may end before the steps do.
      givenUp.increment();
      return null;
    }
  }

  /** How many matches were given up so far. */
  public long givenUp() {
    return givenUp.sum();
  }

  /** Equal if written the same: expressions themselves have no identity. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PathRegex regex && regex.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }

  /** A text that counts the looks at it. */
  private static final class Bounded implements CharSequence {
    private final CharSequence text;
    private int left = STEPS_MAX;

    Bounded(CharSequence text) {
      this.text = text;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (left-- <= 0) {
        throw new TooManySteps();
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }

  /** The only way out of a match that is under way; without a stack trace it costs nothing. */
  private static final class TooManySteps extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooManySteps() {
      super("too many steps", null, false, false);
    }
  }
}

package dev.terrace.kv.command;

import dev.terrace.kv.data.KvError;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What comes of adding fractions, or why nothing does: computed in decimals, where Redis has 64
 * binary digits, and printed as Redis does, with at most 17 digits behind the point.
 */
record Floats(String value, Optional<String> problem) {

  private static final int LENGTH_MAX = 5 * 1024;
  private static final int EXPONENT_MAX = 4932;
  private static final int DIGITS = 17;
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,6})?");
  private static final Pattern INFINITE = Pattern.compile("[+-]?inf(inity)?");

  /** The word's number; an empty one stands for infinity. */
  static Optional<BigDecimal> parse(byte[] word, String complaint) throws KvError {
    String text = new String(word, StandardCharsets.ISO_8859_1);
    if (INFINITE.matcher(text).matches()) {
      return Optional.empty();
    }
    if (word.length > LENGTH_MAX || !NUMBER.matcher(text).matches()) {
      throw KvError.of(complaint);
    }
    BigDecimal number = new BigDecimal(text);
    long magnitude = (long) number.precision() - number.scale();
    if (number.signum() != 0 && magnitude > EXPONENT_MAX + 1) {
      throw KvError.of(complaint);
    }
    if (number.signum() != 0 && magnitude < -EXPONENT_MAX) {
      throw KvError.of(complaint);
    }
    return Optional.of(number.signum() == 0 ? BigDecimal.ZERO : number);
  }

  /**
   * Adds.
   *
   * @param delta empty for infinity
   */
  static Floats of(byte @Nullable [] before, Optional<BigDecimal> delta, String complaint) {
    Optional<BigDecimal> old;
    try {
      old = before == null ? Optional.of(BigDecimal.ZERO) : parse(before, complaint);
    } catch (KvError e) {
      return new Floats("", Optional.of(complaint));
    }
    if (old.isEmpty() || delta.isEmpty()) {
      return new Floats("", Optional.of("increment would produce NaN or Infinity"));
    }
    BigDecimal sum = old.get().add(delta.get());
    BigDecimal rounded = sum.scale() > DIGITS ? sum.setScale(DIGITS, RoundingMode.HALF_EVEN) : sum;
    return new Floats(printed(rounded), Optional.empty());
  }

  static String printed(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }
}

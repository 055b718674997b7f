package dev.terrace.config;

import java.math.BigDecimal;

/**
 * A share of a whole, in the file as {@code 20%} or {@code 0.5%}.
 *
 * @param share 0 for none of it, 1 for all
 */
public record Percent(double share) {

  public Percent {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("a share is between 0% and 100%");
    }
  }

  /** As the file writes it. */
  @Override
  public String toString() {
    BigDecimal percent = BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros();
    return percent.toPlainString() + "%";
  }
}

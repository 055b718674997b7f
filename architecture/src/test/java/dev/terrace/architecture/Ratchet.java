package dev.terrace.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is excused from a rule, each line {@code RULE SUBJECT: reason}. It turns one way: a new
 * breach fails, and so does an excuse that is no longer needed.
 */
final class Ratchet {

  private static final String FILE = "ratchet.txt";

  private Ratchet() {}

  /** Fails on breaches that are not excused, and on excuses of this rule without a breach. */
  static void check(String rule, Collection<String> breaches) {
    Set<String> excused = excused(rule);
    Set<String> fresh = new TreeSet<>(breaches);
    fresh.removeAll(excused);
    Set<String> idle = new TreeSet<>(excused);
    idle.removeAll(breaches);
    assertThat(fresh).as("breaches of the rule '%s'", rule).isEmpty();
    assertThat(idle).as("excuses in %s that are no longer needed", FILE).isEmpty();
  }

  private static Set<String> excused(String rule) {
    return lines()
        .lines()
        .filter(line -> line.startsWith(rule + " "))
        .map(line -> {
          int colon = line.indexOf(": ");
          assertThat(colon).as("'%s' gives its reason after a colon", line).isPositive();
          return line.substring(rule.length() + 1, colon);
        })
        .collect(Collectors.toSet());
  }

  private static String lines() {
    try (InputStream in = Ratchet.class.getResourceAsStream(FILE)) {
      assertThat(in).as(FILE).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

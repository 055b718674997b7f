package dev.terrace.sql.plan;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What comments like {@code /* terrace: primary *}{@code /} ask for.
 *
 * @param primary whether no replica may answer
 * @param replica whether the author vouches that it only reads, so that a replica may answer
 * @param shard the shard to send to, whatever the statement says
 * @param keeping what it says of keeping the result
 * @param problem what is wrong with the hint
 */
record Hint(
    boolean primary,
    boolean replica,
    OptionalInt shard,
    Keeping keeping,
    Optional<String> problem) {

  static final Hint NONE =
      new Hint(false, false, OptionalInt.empty(), new Keeping.Unsaid(), Optional.empty());

  private static final String PREFIX = "terrace:";

  /** This hint and what a comment's text adds to it. */
  Hint with(String comment) {
    String body = comment.strip();
    if (!body.startsWith(PREFIX)) {
      return this;
    }
    Hint hint = this;
    Iterator<String> words =
        List.of(body.substring(PREFIX.length()).strip().split("[\\s,]+", -1)).iterator();
    while (words.hasNext()) {
      String word = words.next();
      hint =
          word.equals("cache")
              ? hint.keptFor(words.hasNext() ? words.next() : "")
              : hint.withWord(word);
    }
    return hint;
  }

  /** Whether it leaves open where the statement goes. */
  boolean decidesNothing() {
    return !primary && !replica && shard.isEmpty() && problem.isEmpty();
  }

  private Hint keptFor(String duration) {
    return Keeping.during(duration)
        .map(this::keeping)
        .orElseGet(() -> problem("cache needs a duration, as in cache 30s"));
  }

  private Hint keeping(Keeping said) {
    return keeping instanceof Keeping.Unsaid
        ? new Hint(primary, replica, shard, said, problem)
        : problem("it says twice whether the result is kept");
  }

  private Hint problem(String what) {
    return new Hint(primary, replica, shard, keeping, Optional.of(what));
  }

  private Hint withWord(String word) {
    if (word.equals("primary")) {
      return new Hint(true, replica, shard, keeping, problem).consistent();
    }
    if (word.equals("replica")) {
      return new Hint(primary, true, shard, keeping, problem).consistent();
    }
    if (word.equals("no-cache")) {
      return keeping(new Keeping.Never());
    }
    if (word.matches("shard=\\d{1,9}")) {
      int wanted = Integer.parseInt(word.substring("shard=".length()));
      return new Hint(primary, replica, OptionalInt.of(wanted), keeping, problem);
    }
    return problem("'" + word + "' is no hint");
  }

  private Hint consistent() {
    return primary && replica ? problem("it asks for the primary and for a replica") : this;
  }
}

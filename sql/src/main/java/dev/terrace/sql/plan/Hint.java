package dev.terrace.sql.plan;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What comments like {@code /* terrace: primary *}{@code /} ask for.
 *
 * @param primary whether no replica may answer
 * @param replica whether the author vouches that it only reads, so that a replica may answer
 * @param shard the shard to send to, whatever the statement says
 * @param problem what is wrong with the hint
 */
record Hint(boolean primary, boolean replica, OptionalInt shard, Optional<String> problem) {

  static final Hint NONE = new Hint(false, false, OptionalInt.empty(), Optional.empty());

  private static final String PREFIX = "terrace:";

  /** This hint and what a comment's text adds to it. */
  Hint with(String comment) {
    String body = comment.strip();
    if (!body.startsWith(PREFIX)) {
      return this;
    }
    Hint hint = this;
    for (String word : body.substring(PREFIX.length()).strip().split("[\\s,]+", -1)) {
      hint = hint.withWord(word);
    }
    return hint;
  }

  private Hint withWord(String word) {
    if (word.equals("primary")) {
      return new Hint(true, replica, shard, problem).consistent();
    }
    if (word.equals("replica")) {
      return new Hint(primary, true, shard, problem).consistent();
    }
    if (word.matches("shard=\\d{1,9}")) {
      int wanted = Integer.parseInt(word.substring("shard=".length()));
      return new Hint(primary, replica, OptionalInt.of(wanted), problem);
    }
    return new Hint(primary, replica, shard, Optional.of("'" + word + "' is no hint"));
  }

  private Hint consistent() {
    return primary && replica
        ? new Hint(true, true, shard, Optional.of("it asks for the primary and for a replica"))
        : this;
  }
}

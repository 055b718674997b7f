package dev.terrace.console;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The writes of the key-value front that were acknowledged and that a store refuses. */
public interface RefusedWrites {

  /**
   * One of them.
   *
   * @param change what it was to do, without the values
   * @param reason what the store said
   */
  record Refused(String collection, String key, Instant at, String change, String reason) {}

  /** Which of them are meant; all if both are empty. */
  record Which(Optional<String> collection, Optional<String> key) {}

  /** All of them, the oldest first. */
  List<Refused> all();

  /**
   * Gives them to the store once more.
   *
   * @return how many
   * @throws IllegalStateException if they cannot be logged; the message says why
   */
  int replay(Which which);

  /**
   * Forgets them.
   *
   * @return how many
   * @throws IllegalStateException if that cannot be noted; the message says why
   */
  int drop(Which which);
}

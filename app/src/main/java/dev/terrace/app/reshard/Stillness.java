package dev.terrace.app.reshard;

import dev.terrace.engine.EngineFailure;
import java.time.Duration;

/**
 * Moments at which statements are held back, what had begun has ended, and all that it committed
 * has arrived on the new shards.
 */
final class Stillness {

  private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(5);
  private static final Duration CATCH_UP_PATIENCE = Duration.ofSeconds(5);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final int TRIES = 10;

  /** What is done in such a moment. */
  interface Work {
    void run() throws ReshardRefusal, EngineFailure;
  }

  private final Surroundings surroundings;
  private final Shards shards;
  private final String store;

  Stillness(Surroundings surroundings, Shards shards, String store) {
    this.surroundings = surroundings;
    this.shards = shards;
    this.store = store;
  }

  /**
   * Does that in the first such moment that there is.
   *
   * @param all whether reads are held back too, and nothing may be committed any more, whoever
   *     began it
   * @param otherwise what follows, and what to do, if transactions run for too long
   * @return how long statements waited
   */
  Duration during(boolean all, Work work, String otherwise)
      throws ReshardRefusal, EngineFailure, InterruptedException {
    for (int i = 0; i < TRIES; i++) {
      if (i > 0) {
        Thread.sleep(AGAIN);
      }
      long from = System.nanoTime();
      if (done(all, work)) {
        return Duration.ofNanos(System.nanoTime() - from);
      }
    }
    throw new ReshardRefusal(
        "transactions run for longer than " + DRAIN_PATIENCE.toSeconds() + " s" + otherwise);
  }

  private boolean done(boolean all, Work work) throws ReshardRefusal, EngineFailure {
    try (Surroundings.Hold hold = surroundings.hold(store, all)) {
      boolean still =
          hold.drained(DRAIN_PATIENCE) == 0
              && (!all || shards.awaitQuiet(DRAIN_PATIENCE))
              && shards.catchUp(CATCH_UP_PATIENCE);
      if (still) {
        work.run();
      }
      return still;
    }
  }
}

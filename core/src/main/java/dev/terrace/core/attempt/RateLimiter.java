package dev.terrace.core.attempt;

import dev.terrace.core.balance.Hashing;
import dev.terrace.core.signal.Counter;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A {@link TokenBucket} for each key, in a table of fixed size: a client address, a header's value,
 * or one key for a whole route.
 *
 * <p>A key has eight places in the table that its bucket may be in. A new key takes a place that is
 * free or whose bucket has become full again, which is as good as free: a full bucket remembers
 * nothing. Only if all eight are in use, the fullest of them is forgotten, whose key then gets some
 * tokens that it should have waited for: a flood of new keys makes the limit less exact, never the
 * table larger. Any number of threads may use it at once; none ever waits, and nothing is
 * allocated.
 */
public final class RateLimiter {

  private static final int WAYS = 8;

  /** No key: a real key that hashes to it counts as another. */
  private static final long FREE = 0;

  private final TokenBucket.Pace pace;
  private final int sets;

  /** For each place its key, then the time its bucket is full. */
  private final AtomicLongArray table;

  private final Counter forgotten;

  /**
   * Full buckets for all keys.
   *
   * @param keysMax how many keys are told apart at least
   * @param forgotten counts keys that were forgotten before their buckets were full again: the
   *     table is too small
   */
  public RateLimiter(double perSecond, int burst, int keysMax, Counter forgotten) {
    if (keysMax < 1) {
      throw new IllegalArgumentException("there is at least one key, not " + keysMax);
    }
    this.forgotten = forgotten;
    pace = TokenBucket.Pace.of(perSecond, burst);
    sets = Math.max(1, Integer.highestOneBit(Math.max(1, (keysMax - 1) / WAYS)) * 2);
    table = new AtomicLongArray(sets * WAYS * 2);
  }

  /**
   * Takes a token of the key's bucket: 0 if there was one, else the nanoseconds until there will
   * be.
   *
   * @param key a well mixed hash
   * @param now in nanoseconds
   */
  public long tryTake(long key, long now) {
    long wanted = key == FREE ? 1 : key;
    int set = (int) (Hashing.mix(wanted) & (sets - 1)) * WAYS;
    while (true) {
      int place = find(set, wanted, now);
      long before = table.get(2 * place + 1);
      if (table.get(2 * place) != wanted) {
        continue; // another thread took the place for its key in between
      }
      long wait = pace.wait(before, now);
      if (wait > 0) {
        return wait;
      }
      if (table.compareAndSet(2 * place + 1, before, pace.taken(before, now))) {
        return 0;
      }
    }
  }

  /** The key's place, which it has got just now if it had none. */
  private int find(int set, long wanted, long now) {
    while (true) {
      int best = set;
      boolean bestIsFree = false;
      for (int place = set; place < set + WAYS; place++) {
        long key = table.get(2 * place);
        if (key == wanted) {
          return place;
        }
        long fullAt = table.get(2 * place + 1);
        boolean free = key == FREE || fullAt - now <= 0;
        if (!bestIsFree && (free || fullAt - table.get(2 * best + 1) < 0)) {
          best = place;
          bestIsFree = free;
        }
      }
      long old = table.get(2 * best);
      if (table.compareAndSet(2 * best, old, wanted)) {
        table.set(2 * best + 1, now);
        if (!bestIsFree) {
          forgotten.increment();
        }
        return best;
      }
    }
  }
}

package dev.terrace.kv.data;

import dev.terrace.config.CollectionConfig.WriteMode;
import dev.terrace.engine.Change;
import dev.terrace.engine.Engine.Modified;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * What a write to the store does to the caches before it is answered: the shared one forgets the
 * key, then this node's takes the row that the store has now, if nobody else of this node was
 * writing the key at the same time; else nobody knows whose row was last, and it forgets the key
 * too.
 */
final class CacheWrites {

  /** Writes of one key that have begun and not ended; whether any two of them were so at once. */
  private record Writers(int count, boolean crowded) {}

  private final ReadThrough reads;
  private final Map<EntryKey, Writers> running = new ConcurrentHashMap<>();

  CacheWrites(ReadThrough reads) {
    this.reads = reads;
  }

  /** A write begins, before the store is told of it; one of the ends must follow. */
  Begun begin(Collection c, EntryKey key) {
    running.merge(key, new Writers(1, false), (old, one) -> new Writers(old.count() + 1, true));
    return new Begun(c, key);
  }

  /** Another node has written the key: a write here that runs may be older or newer than that. */
  void elsewhere(EntryKey key) {
    running.computeIfPresent(key, (k, writers) -> new Writers(writers.count(), true));
  }

  /** Other nodes may have written any key. */
  void anyElsewhere() {
    running.keySet().forEach(this::elsewhere);
  }

  /** A write that has begun. */
  final class Begun {

    private final Collection collection;
    private final EntryKey key;

    private Begun(Collection collection, EntryKey key) {
      this.collection = collection;
      this.key = key;
    }

    /** The store has done it. */
    void done(Modified done) {
      if (done.change() instanceof Change.Keep) {
        unchanged();
        return;
      }
      collection
          .shared()
          .ifPresent(s -> s.written(key, collection.replicasLackWritesFor(), collection.ttl()));
      boolean fill = collection.writeMode() != WriteMode.AROUND;
      end(alone -> {
        if (alone && fill) {
          reads.written(collection, key, done.after());
        } else {
          reads.written(collection, key, Duration.ZERO);
        }
      });
    }

    /** The store is as it was. */
    void unchanged() {
      end(alone -> {});
    }

    /** The store may have done it, or may do it yet, within that time. */
    void doubtful(Duration doubt) {
      Optional<SharedLevel> shared = collection.shared();
      shared.ifPresent(s -> s.written(key, doubt, collection.ttl()));
      end(alone -> reads.written(collection, key, doubt));
      shared.ifPresent(s ->
          Thread.ofVirtual()
              .name("kv-doubt")
              .start(() -> {
                LockSupport.parkNanos(doubt.toNanos());
                s.written(key, collection.replicasLackWritesFor(), collection.ttl());
              }));
    }

    private void end(End end) {
      running.compute(
          key,
          (k, writers) -> {
            end.with(writers == null || !writers.crowded());
            int left = writers == null ? 0 : writers.count() - 1;
            return left == 0 ? null : new Writers(left, true);
          });
    }
  }

  /** What is done at the end of a write, with none other of the key ending or beginning. */
  @FunctionalInterface
  private interface End {
    void with(boolean alone);
  }
}

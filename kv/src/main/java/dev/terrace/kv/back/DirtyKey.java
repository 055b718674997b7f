package dev.terrace.kv.back;

import dev.terrace.engine.Row;
import dev.terrace.kv.data.Entry;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One key that is being written, or whose newest state the store does not have yet. */
final class DirtyKey {

  /** The key's row after a write; each write's is itself, even if the row is the same. */
  static final class State {

    private final Optional<Row> row;
    private final Entry entry;
    private final long failures;
    private final CompletableFuture<@Nullable Void> safe = new CompletableFuture<>();

    /**
     * A state that is not safe yet.
     *
     * @param failures how often the journal had failed when it was made
     */
    State(Optional<Row> row, Entry entry, long failures) {
      this.row = row;
      this.entry = entry;
      this.failures = failures;
    }

    Optional<Row> row() {
      return row;
    }

    Entry entry() {
      return entry;
    }

    /** Ends once the write is safe, or failed. */
    CompletableFuture<@Nullable Void> safe() {
      return safe;
    }
  }

  /** Held while a change is made from the state before and handed to the journal. */
  final ReentrantLock lock = new ReentrantLock();

  /** After the last write that was handed in; what the next one is made from. */
  final AtomicReference<@Nullable State> latest = new AtomicReference<>();

  /** After the last write that is safe; what readers see. */
  final AtomicReference<@Nullable State> visible = new AtomicReference<>();

  /** Writers, and changes on their way to the store, that need this object; guarded by the map. */
  int users;

  /** The state to make a change from, unless it has to be looked up. */
  @Nullable State base(long failures) {
    State newest = latest.get();
    return newest != null && newest.failures == failures ? newest : visible.get();
  }

  /** The state is about to be handed in; what came before it. Under the lock. */
  @Nullable State hand(State state) {
    return latest.getAndSet(state);
  }

  /** It was not taken. */
  void takeBack(@Nullable State prior) {
    latest.set(prior);
    if (prior != null && prior.safe().isDone() && visible.get() != prior) {
      // The store has got it meanwhile.
      latest.compareAndSet(prior, null);
    }
  }

  /** The store has that state. */
  void stored(State state) {
    visible.compareAndSet(state, null);
    latest.compareAndSet(state, null);
  }
}

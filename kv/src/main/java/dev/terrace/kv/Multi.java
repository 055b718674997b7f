package dev.terrace.kv;

import dev.terrace.config.KvConfig;
import dev.terrace.engine.Row;
import dev.terrace.kv.command.Command;
import dev.terrace.kv.data.KvError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What one client has queued since MULTI, and what it watches. */
final class Multi {

  /** A command that waits for EXEC. */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  record Queued(Command command, byte[][] args) {}

  /** A key with the row that it had when the client began to watch it. */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  record Watched(byte[] key, Optional<Row> row) {

    /** Whether the row is still the same. */
    boolean isStill(Optional<Row> now) {
      if (row.isEmpty() || now.isEmpty()) {
        return row.isPresent() == now.isPresent();
      }
      Row a = row.get();
      Row b = now.get();
      if (!a.columns().equals(b.columns())) {
        return false;
      }
      for (int i = 0; i < a.columns().size(); i++) {
        if (!Arrays.equals(a.value(i), b.value(i))) {
          return false;
        }
      }
      return true;
    }
  }

  private boolean open;
  private boolean failed;
  private long bytes;
  private List<Queued> queue = new ArrayList<>();
  private List<Watched> watched = new ArrayList<>();

  boolean isOpen() {
    return open;
  }

  void open() throws KvError {
    if (open) {
      throw KvError.of("MULTI calls can not be nested");
    }
    begin();
  }

  /** Queues from now on. */
  void begin() {
    open = true;
  }

  /** Something was refused instead of queued: EXEC will do nothing. */
  void fail() {
    failed |= open;
  }

  boolean failed() {
    return failed;
  }

  int size() {
    return queue.size();
  }

  /** Queues a command, if there is room for it. */
  void add(Queued queued, KvConfig limits) throws KvError {
    long more = 0;
    for (byte[] word : queued.args()) {
      more += word.length + 16L;
    }
    if (queue.size() >= limits.maxQueued() || bytes + more > 4 * limits.maxBulk().bytes()) {
      throw KvError.of(
          "a transaction takes no more than "
              + limits.maxQueued()
              + " commands (kv.max-queued) and 4 times the largest argument (kv.max-bulk)");
    }
    bytes += more;
    queue.add(queued);
  }

  List<Watched> watched() {
    return watched;
  }

  boolean watches(byte[] key) {
    return watched.stream().anyMatch(w -> Arrays.equals(w.key(), key));
  }

  void watch(List<Watched> more) {
    watched.addAll(more);
  }

  void unwatch() {
    watched = new ArrayList<>();
  }

  /** Takes what is queued; the transaction is over. */
  List<Queued> take() {
    List<Queued> taken = queue;
    open = false;
    failed = false;
    bytes = 0;
    queue = new ArrayList<>();
    return taken;
  }

  /** Forgets all. */
  void reset() {
    take();
    unwatch();
  }
}

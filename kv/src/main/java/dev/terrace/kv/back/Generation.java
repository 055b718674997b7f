package dev.terrace.kv.back;

import dev.terrace.engine.Batch;
import dev.terrace.engine.RowKey;
import dev.terrace.engine.TableRef;
import dev.terrace.kv.back.Pending.Dirtied;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Changes that go to the store in one transaction: all of a lane's from one position to another, so
 * that the store's note of the last position says of each change whether it is there.
 */
final class Generation {

  /** A row of a table. */
  record Place(TableRef table, RowKey key) {}

  private final Map<Place, Pending> rows = new LinkedHashMap<>();
  private long first;
  private long last;
  private long dueNanos;

  /** Adds a write; whether one of the same key was there before. */
  boolean add(long position, LogRecord record, Optional<Dirtied> by, long mayWaitNanos) {
    long due = System.nanoTime() + mayWaitNanos;
    if (rows.isEmpty()) {
      first = position;
      dueNanos = due;
    } else if (due - dueNanos < 0) {
      dueNanos = due;
    }
    last = position;
    Place place = new Place(record.table(), record.key());
    Pending pending = rows.get(place);
    if (pending == null) {
      rows.put(place, new Pending(record, position, by));
      return false;
    }
    return pending.then(record, position, by);
  }

  int size() {
    return rows.size();
  }

  long first() {
    return first;
  }

  /** When it has gathered long enough, by the nano clock. */
  long dueNanos() {
    return dueNanos;
  }

  Map<Place, Pending> rows() {
    return rows;
  }

  Batch batch(String log) {
    return new Batch(log, last, rows.values().stream().map(Pending::item).toList());
  }
}

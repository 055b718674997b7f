package dev.terrace.kv.back;

import dev.terrace.engine.Batch.Item;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.EntryKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All that a row's changes since it was last stored come to. */
final class Pending {

  /** A key whose readers see a state until the store has it. */
  record Dirtied(Collection collection, EntryKey key, DirtyKey dirty, DirtyKey.State state) {}

  private LogRecord record;
  private long position;
  private final List<Dirtied> dirtied = new ArrayList<>(1);

  Pending(LogRecord record, long position, Optional<Dirtied> by) {
    this.record = record;
    this.position = position;
    by.ifPresent(dirtied::add);
  }

  /** A later change follows; whether its key was dirtied by one before. */
  boolean then(LogRecord next, long at, Optional<Dirtied> by) {
    record =
        new LogRecord(
            record.lane(),
            next.collection(),
            record.table(),
            record.key(),
            record.effect().then(next.effect()));
    position = at;
    boolean before = by.isPresent() && dirtied.removeIf(d -> d.dirty() == by.get().dirty());
    by.ifPresent(dirtied::add);
    return before;
  }

  LogRecord record() {
    return record;
  }

  /** Of the last change. */
  long position() {
    return position;
  }

  List<Dirtied> dirtied() {
    return dirtied;
  }

  Item item() {
    return new Item(record.table(), record.key(), record.effect().change(), record.effect().adds());
  }
}

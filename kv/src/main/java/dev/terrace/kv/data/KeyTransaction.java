package dev.terrace.kv.data;

import dev.terrace.engine.Change;
import dev.terrace.engine.Engine.Decision;
import dev.terrace.engine.Engine.Modified;
import dev.terrace.engine.Engine.Transaction;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Row;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A transaction over the rows of several keys: what is read is locked, and seen with what was
 * changed before in it.
 */
public final class KeyTransaction implements Writes {

  private final Transaction transaction;
  private final Map<KeyPlace, Optional<Modified>> changed = new LinkedHashMap<>();
  private @Nullable EngineFailure failure;

  KeyTransaction(Transaction transaction) {
    this.transaction = transaction;
  }

  /** The keys that were changed with their last change, or none where a part was undone. */
  Map<KeyPlace, Optional<Modified>> changed() {
    return changed;
  }

  /** What the store did not do, and what ends the transaction therefore. */
  @Nullable EngineFailure failure() {
    return failure;
  }

  private void requireAlive(Collection c) throws KvError {
    EngineFailure dead = failure;
    if (dead != null) {
      throw KvError.of(c.name(), dead);
    }
  }

  /** The key's row. */
  public Optional<Row> row(Collection c, EntryKey key) throws KvError {
    requireAlive(c);
    try {
      return transaction.read(c.table(), c.row(key));
    } catch (EngineFailure e) {
      failure = e;
      throw KvError.of(c.name(), e);
    }
  }

  /** The key's row as an entry. */
  public Entry entry(Collection c, EntryKey key) throws KvError {
    Optional<Row> row = row(c, key);
    return c.entry(row);
  }

  @Override
  public Modified write(Collection c, EntryKey key, Decision decision) throws KvError {
    Optional<Row> before = row(c, key);
    Change change = decision.by(before);
    if (change instanceof Change.Keep) {
      return new Modified(before, change, before);
    }
    KeyPlace place = new KeyPlace(c, key);
    changed.put(place, Optional.empty());
    try {
      Modified done =
          new Modified(before, change, transaction.change(c.table(), c.row(key), change));
      changed.put(place, Optional.of(done));
      return done;
    } catch (EngineFailure e) {
      failure = e;
      throw KvError.of(c.name(), e);
    }
  }

  @Override
  public <T> T together(List<KeyPlace> places, Together<T> work) throws KvError {
    return work.in(this);
  }

  /** Runs work that may fail alone: then what it changed is undone, and the rest goes on. */
  public <T> T part(Collection c, Together<T> work) throws KvError {
    requireAlive(c);
    KvError[] refused = {null};
    try {
      return transaction.part(inner -> {
        try {
          return work.in(this);
        } catch (KvError e) {
          refused[0] = e;
          EngineFailure cause = failure;
          throw cause != null ? cause : new EngineFailure(Kind.REJECTED, e.reply());
        }
      });
    } catch (EngineFailure e) {
      boolean goesOn =
          switch (e.kind()) {
            case REJECTED, UNKNOWN_FIELD, UNKNOWN_TABLE -> true;
            case UNREACHABLE, TIMEOUT, IN_DOUBT -> false;
          };
      failure = goesOn ? null : e;
      changed.replaceAll((place, done) -> Optional.empty());
      throw refused[0] != null ? refused[0] : KvError.of(c.name(), e);
    }
  }
}

package dev.terrace.kv.data;

import dev.terrace.config.ShardRule;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;

/** Goes through the keys of collections in the order of their rows, page by page; it blocks. */
public final class KeyWalk {

  /**
   * How far a walk has come.
   *
   * @param collection the collection's name; empty before the first
   * @param shard the shard being gone through
   * @param after the last row that was seen there
   */
  public record Position(String collection, int shard, Optional<RowKey> after) {
    /** Before everything. */
    public static final Position START = new Position("", 0, Optional.empty());
  }

  /**
   * A part of a walk.
   *
   * @param keys those that exist and match
   * @param rows how many rows were seen
   * @param next where to go on, or nothing at the end
   */
  public record Page(List<EntryKey> keys, int rows, Optional<Position> next) {}

  private static final int ROWS_AT_ONCE = 1000;

  private final DataTier.View data;
  private final Predicate<Collection> which;
  private final Predicate<EntryKey> matches;
  private final long nowMillis;

  /** A walk through some collections for the keys that match. */
  public KeyWalk(
      DataTier.View data,
      Predicate<Collection> which,
      Predicate<EntryKey> matches,
      long nowMillis) {
    this.data = data;
    this.which = which;
    this.matches = matches;
    this.nowMillis = nowMillis;
  }

  /** Goes on from there past so many rows, or to the end. */
  public Page from(Position start, int rows) throws KvError {
    List<EntryKey> found = new ArrayList<>();
    int seen = 0;
    Optional<Position> at = Optional.of(start);
    while (at.isPresent() && seen < rows) {
      Position here = at.get();
      Optional<Collection> c = collection(here);
      if (c.isEmpty()) {
        at = Optional.empty();
        break;
      }
      Position in = c.get().name().equals(here.collection()) ? here : first(c.get());
      int limit = Math.min(ROWS_AT_ONCE, rows - seen);
      List<Row> page = read(c.get(), in, limit);
      seen += page.size();
      for (Row row : page) {
        EntryKey key = c.get().key(c.get().rowKey(row));
        if (c.get().isLive(Optional.of(row), nowMillis) && matches.test(key)) {
          found.add(key);
        }
      }
      at = Optional.of(next(c.get(), in, page, limit));
      if (at.get().shard() < 0) {
        at = after(c.get()).map(KeyWalk::first);
      }
    }
    return new Page(found, seen, at);
  }

  private static Position first(Collection c) {
    return new Position(c.name(), 0, Optional.empty());
  }

  /** The collection to go on with; those of a file that is gone are passed over. */
  private Optional<Collection> collection(Position at) {
    return data.collections().all().stream()
        .filter(which)
        .filter(c -> c.name().compareTo(at.collection()) >= 0)
        .findFirst();
  }

  private Optional<Collection> after(Collection last) {
    return data.collections().all().stream()
        .filter(which)
        .filter(c -> c.name().compareTo(last.name()) > 0)
        .findFirst();
  }

  /** Behind a page; on shard -1 behind the last shard. */
  private static Position next(Collection c, Position at, List<Row> page, int limit) {
    if (page.size() == limit) {
      return new Position(c.name(), at.shard(), Optional.of(c.shownKey(page.getLast())));
    }
    // A table that all shards hold is the same on all.
    boolean last = c.rule() instanceof ShardRule.Everywhere || at.shard() + 1 >= c.store().shards();
    return new Position(c.name(), last ? -1 : at.shard() + 1, Optional.empty());
  }

  private List<Row> read(Collection c, Position at, int limit) throws KvError {
    c.servable();
    try {
      if (!c.ready()) {
        data.reads().learn(c).join();
      }
      return at.shard() >= c.store().shards()
          ? List.of()
          : data.reads().servers().scan(c, at.shard(), at.after(), limit);
    } catch (EngineFailure e) {
      throw KvError.of(c.name(), e);
    } catch (CompletionException e) {
      if (e.getCause() instanceof KvError error) {
        throw error;
      }
      throw e;
    }
  }
}

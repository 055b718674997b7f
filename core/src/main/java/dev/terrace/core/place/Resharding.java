package dev.terrace.core.place;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;

/**
 * A change of where the rows of a store's tables are. Rows only ever come to shards that are new:
 * what a shard is sent while it serves would be seen there before it is taken away elsewhere. A
 * shard that serves on may lose rows.
 *
 * @param shardsBefore how many shards there are
 * @param origins of each shard that will be, the number it has now; empty if it is new
 * @param tables what becomes of each table
 */
public record Resharding(
    int shardsBefore, List<OptionalInt> origins, Map<String, TableChange> tables) {

  public Resharding {
    origins = List.copyOf(origins);
    tables = new LinkedHashMap<>(tables);
  }

  /**
   * One table's change.
   *
   * @param column the column that the placement to come goes by; "" if it goes by none
   */
  public record TableChange(String column, Placement before, Placement after) {}

  /** A part of a table that goes to a new shard. */
  public record Move(String table, int from, int to) {}

  /** All that goes to new shards, in the order of tables. */
  public List<Move> moves() {
    List<Move> moves = new ArrayList<>();
    tables.forEach((table, change) -> {
      if (change.before() instanceof Placement.Everywhere) {
        // Every shard has all rows: those of the first will do.
        for (int to : Flow.owners(change.after())) {
          if (origins.get(to).isEmpty()) {
            moves.add(new Move(table, 0, to));
          }
        }
        return;
      }
      for (Flow flow : Flow.between(change.before(), change.after())) {
        if (origins.get(flow.to()).isEmpty()) {
          moves.add(new Move(table, flow.from(), flow.to()));
        }
      }
    });
    return moves;
  }

  /** Whether a table's rows on a shard that stays are too many afterwards. */
  public boolean loses(String table, int shard) {
    OptionalInt origin = origins.get(shard);
    TableChange change = tables.get(table);
    if (origin.isEmpty() || change == null) {
      return false;
    }
    if (change.after() instanceof Placement.Everywhere) {
      return false;
    }
    if (change.before() instanceof Placement.Everywhere) {
      return true;
    }
    return Flow.between(change.before(), change.after()).stream()
        .anyMatch(flow -> flow.from() == origin.getAsInt() && flow.to() != shard);
  }

  /** The shards of now that will not be. */
  public Set<Integer> leaving() {
    Set<Integer> leaving = new TreeSet<>();
    for (int shard = 0; shard < shardsBefore; shard++) {
      if (!origins.contains(OptionalInt.of(shard))) {
        leaving.add(shard);
      }
    }
    return leaving;
  }

  /** Whether all rows are where they are to be. */
  public boolean isEmpty() {
    return tables.keySet().stream().noneMatch(this::moves);
  }

  /** Whether rows of a table are not where they are to be. */
  public boolean moves(String table) {
    TableChange change = tables.get(table);
    if (change == null) {
      return false;
    }
    if (moves().stream().anyMatch(move -> move.table().equals(table))) {
      return true;
    }
    for (int shard = 0; shard < origins.size(); shard++) {
      if (loses(table, shard)) {
        return true;
      }
    }
    return !gaining(change).isEmpty();
  }

  /**
   * What keeps it from being done, a line each.
   *
   * @param name what people call a shard to come
   */
  public List<String> problems(IntFunction<String> name) {
    List<String> problems = new ArrayList<>();
    tables.forEach((table, change) -> {
      Set<Integer> gaining = new TreeSet<>();
      for (Flow flow : Flow.between(change.before(), change.after())) {
        OptionalInt origin = origins.get(flow.to());
        boolean has = change.before() instanceof Placement.Everywhere;
        if (origin.isPresent() && origin.getAsInt() != flow.from() && !has) {
          gaining.add(flow.to());
        }
      }
      gaining.forEach(shard ->
          problems.add(
              "rows of "
                  + table
                  + " would come to "
                  + name.apply(shard)
                  + ", which serves already; list new, empty servers for that shard"));
    });
    return problems;
  }

  /** The shards that serve already and that rows would come to. */
  private Set<Integer> gaining(TableChange change) {
    Set<Integer> gaining = new TreeSet<>();
    if (change.before() instanceof Placement.Everywhere) {
      return gaining;
    }
    for (Flow flow : Flow.between(change.before(), change.after())) {
      OptionalInt origin = origins.get(flow.to());
      if (origin.isPresent() && origin.getAsInt() != flow.from()) {
        gaining.add(flow.to());
      }
    }
    return gaining;
  }
}

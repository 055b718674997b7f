package dev.terrace.core.place;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

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
   * @param columnsBefore the columns that the placement of now goes by, none if it goes by none
   * @param columns the same of the placement to come
   */
  public record TableChange(
      List<String> columnsBefore, List<String> columns, Placement before, Placement after) {

    public TableChange {
      columnsBefore = List.copyOf(columnsBefore);
      columns = List.copyOf(columns);
    }

    private Set<Flow> flows() {
      return columns.equals(columnsBefore)
          ? Flow.between(before, after)
          : Flow.anywhere(before, after);
    }
  }

  /** A part of a table that goes to a new shard. */
  public record Move(String table, int from, int to) {}

  /** All that goes to new shards, in the order of tables. */
  public List<Move> moves() {
    List<Move> moves = new ArrayList<>();
    tables.forEach((table, change) ->
        flows(change).stream()
            .filter(flow -> origins.get(flow.to()).isEmpty())
            .forEach(flow -> moves.add(new Move(table, flow.from(), flow.to()))));
    return moves;
  }

  private static Set<Flow> flows(TableChange change) {
    if (change.before() instanceof Placement.Everywhere) {
      // Every shard has all rows: those of the first will do.
      Set<Flow> flows = new LinkedHashSet<>();
      Flow.owners(change.after()).forEach(to -> flows.add(new Flow(0, to)));
      return flows;
    }
    return change.flows();
  }

  /** Whether a table's rows on a shard that stays are too many afterwards. */
  public boolean loses(String table, int shard) {
    OptionalInt origin = origins.get(shard);
    TableChange change = tables.get(table);
    if (origin.isEmpty() || change == null || change.after() instanceof Placement.Everywhere) {
      return false;
    }
    if (change.before() instanceof Placement.Everywhere) {
      return true;
    }
    return change.flows().stream()
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

  /** Whether rows of a table are not where they are to be. */
  public boolean moves(String table) {
    TableChange change = tables.get(table);
    if (change == null) {
      return false;
    }
    return flows(change).stream().anyMatch(flow -> origins.get(flow.to()).isEmpty())
        || IntStream.range(0, origins.size()).anyMatch(shard -> loses(table, shard))
        || !gaining(change).isEmpty();
  }

  /**
   * What keeps it from being done, a line each.
   *
   * @param name what people call a shard to come
   */
  public List<String> problems(IntFunction<String> name) {
    List<String> problems = new ArrayList<>();
    tables.forEach((table, change) -> {
      gaining(change)
          .forEach(shard ->
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
    for (Flow flow : change.flows()) {
      OptionalInt origin = origins.get(flow.to());
      if (origin.isPresent() && origin.getAsInt() != flow.from()) {
        gaining.add(flow.to());
      }
    }
    return gaining;
  }
}

package dev.terrace.sql.plan;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.Placement;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The way of a statement over sharded tables: by the keys that its conditions or rows have. */
final class KeyDecision implements Decision {

  private final Findings findings;
  private final Spans spans;
  private final int shards;
  private final boolean readOnly;
  private final boolean coordinable;
  private final boolean plain;
  private final List<Routing> toShard;

  /**
   * A decision.
   *
   * @param coordinable whether a coordinator can do what shards cannot do one by one
   */
  KeyDecision(Findings findings, Spans spans, int shards, boolean readOnly, boolean coordinable) {
    this.findings = findings;
    this.spans = spans;
    this.shards = shards;
    this.readOnly = readOnly;
    this.coordinable = coordinable;
    this.plain =
        findings.single == null
            && findings.newKeys.isEmpty()
            && findings.restrictions.stream().noneMatch(r -> r.bounds().isEmpty());
    this.toShard =
        IntStream.range(0, shards)
            .<Routing>mapToObj(shard -> new Routing.One(shard, readOnly, "its key is there"))
            .toList();
  }

  @Override
  public boolean needsKeys() {
    return findings.restrictions.stream().anyMatch(r -> !r.bounds().isEmpty())
        || !findings.newKeys.isEmpty()
        || (findings.gathered != null
            && findings.gathered.query.limit().parts().stream()
                .anyMatch(e -> Exprs.any(e, p -> p instanceof Expr.Parameter)));
  }

  /** The one shard of some keys. */
  private static final class Agreed implements Consumer<Key> {
    static final int NONE = -1;
    static final int SEVERAL = -2;

    final Placement placement;
    int shard = NONE;
    int keys;

    Agreed(Placement placement) {
      this.placement = placement;
    }

    @Override
    public void accept(Key key) {
      int next = placement.shardOf(key);
      shard = shard == NONE || shard == next ? next : SEVERAL;
      keys++;
    }

    /** Whether all of a bound's values are keys. */
    boolean takes(Bound bound, KeyReader reader) {
      return switch (bound) {
        case Bound.OneOf(List<Operand> values) -> {
          boolean all = true;
          for (int i = 0; all && i < values.size(); i++) {
            all = reader.read(values.get(i), placement.keyType(), this);
          }
          yield all && keys >= values.size();
        }
        case Bound.Rows(List<List<Operand>> rows) -> {
          boolean all = true;
          for (int i = 0; all && i < rows.size(); i++) {
            all = reader.row(rows.get(i), placement, this);
          }
          yield all && keys >= rows.size();
        }
        case Bound.Columns _, Bound.Interval _ -> false;
      };
    }
  }

  @Override
  public @Nullable Routing quick(KeyReader reader) {
    if (!plain) {
      return null;
    }
    KeyReader keys = reader.knowing(findings.retyped);
    int shard = Agreed.NONE;
    for (Findings.Restriction restriction : findings.restrictions) {
      for (Bound bound : restriction.bounds()) {
        Agreed agreed = new Agreed(restriction.table().placement());
        boolean another = !agreed.takes(bound, keys) || agreed.shard < 0;
        if (another || (shard != Agreed.NONE && shard != agreed.shard)) {
          return null;
        }
        shard = agreed.shard;
      }
    }
    return shard < 0 ? null : toShard.get(shard);
  }

  @Override
  public boolean needsText() {
    return findings.gathered != null || findings.newRows != null;
  }

  @Override
  public Routing route(KeyReader reader) {
    KeyReader keys = reader.knowing(findings.retyped);
    BitSet needed = new BitSet();
    String reason = "";
    for (Findings.Restriction restriction : findings.restrictions) {
      Reached reached =
          restriction.inserted() ? inserted(restriction, keys) : bound(restriction, keys);
      if (reached.refused != null) {
        return reached.refused;
      }
      needed.or(reached.shards);
      reason = reason.isEmpty() ? reached.reason : reason;
    }
    if (findings.single != null) {
      needed.set(findings.single.shard());
    }
    if (needed.cardinality() <= 1) {
      int shard = Math.max(needed.nextSetBit(0), 0);
      Routing.@Nullable Refused moved = moves(shard, keys);
      return moved != null
          ? moved
          : new Routing.One(shard, readOnly, needed.isEmpty() ? "no row can match" : reason);
    }
    return several(needed, reason, keys);
  }

  private record Reached(BitSet shards, String reason, Routing.@Nullable Refused refused) {}

  private Reached bound(Findings.Restriction restriction, KeyReader keys) {
    Place.Sharded table = restriction.table();
    KeyShards found = new KeyShards(table, keys);
    restriction.bounds().forEach(found::narrow);
    String reason = found.reason();
    if (reason.isEmpty()) {
      reason =
          restriction.bounds().size() == 1
                  && !(restriction.bounds().getFirst() instanceof Bound.Interval)
              ? "the value of "
                  + table.table()
                  + "."
                  + table.key()
                  + " could not be read as "
                  + table.types()
              : table.table() + " is not asked for by its sharding key " + table.key();
    }
    return new Reached(found.shards(), reason, null);
  }

  private Reached inserted(Findings.Restriction restriction, KeyReader keys) {
    Place.Sharded table = restriction.table();
    KeyShards found = new KeyShards(table, keys);
    for (Bound bound : restriction.bounds()) {
      boolean known = found.narrow(bound);
      if (!known && !(bound instanceof Bound.Interval)) {
        return refused(unreadable(table));
      }
      int rows =
          switch (bound) {
            case Bound.OneOf(List<Operand> values) -> values.size();
            case Bound.Rows(List<List<Operand>> keysOfRows) -> keysOfRows.size();
            case Bound.Columns _, Bound.Interval _ -> 0;
          };
      if (found.keys() < rows) {
        return refused(nullKey(table));
      }
    }
    return new Reached(found.shards(), found.reason(), null);
  }

  private static Reached refused(Routing.Refused refused) {
    return new Reached(new BitSet(), "", refused);
  }

  private static Routing.Refused unreadable(Place.Sharded table) {
    return Refusals.unsupported(
        "the value of the sharding key "
            + table.key()
            + " of "
            + table.table()
            + " could not be read as "
            + table.types(),
        "Give it in its plain form: 42, 12.5, true, 'text', '\\x00ff', a uuid of 36 characters, 2026-01-31,"
            + " or 2026-01-31 10:20:30+00.");
  }

  private static Routing.Refused nullKey(Place.Sharded table) {
    return new Routing.Refused(
        Refusals.NOT_NULL,
        "the sharding key " + table.key() + " of " + table.table() + " must not be null",
        "A row without a key has no shard.");
  }

  /** The refusal if a key is set that belongs to another shard. */
  private Routing.@Nullable Refused moves(int shard, KeyReader keys) {
    for (Findings.NewKey newKey : findings.newKeys) {
      KeyShards found = new KeyShards(newKey.table(), keys);
      boolean stays =
          newKey.key().filter(found::narrow).isPresent()
              && found.keys() > 0
              && found.shards().get(shard)
              && found.shards().cardinality() == 1;
      if (!stays) {
        return moved(newKey.table());
      }
    }
    return null;
  }

  private static Routing.Refused moved(Place.Sharded table) {
    return Refusals.unsupported(
        "the statement sets the sharding key "
            + table.key()
            + " of "
            + table.table()
            + ", which may move rows to another shard",
        "Delete the row and insert it with its new key.");
  }

  private Routing several(BitSet needed, String reason, KeyReader keys) {
    if (findings.single != null) {
      return coordinated(
          Refusals.unsupported(
              "table "
                  + findings.single.table()
                  + " is on shard "
                  + findings.single.shard()
                  + " alone, but other tables of the statement are needed from more: "
                  + reason,
              "Ask for the tables in statements of their own, or make the small one"
                  + " 'everywhere'."));
    }
    if (findings.restrictions.stream().anyMatch(Findings.Restriction::inserted)) {
      return inserts(needed, reason, keys);
    }
    String obstacle = findings.obstacle();
    if (obstacle == null) {
      obstacle = findings.varying;
    }
    if (obstacle != null) {
      return cannot(obstacle, ONE_VALUE, reason);
    }
    if (!findings.newKeys.isEmpty()) {
      return moved(findings.newKeys.getFirst().table());
    }
    Gather gather = Gather.CONCATENATE;
    Gathered gathered = findings.gathered;
    if (gathered != null) {
      try {
        GatherPlanner planner = new GatherPlanner(gathered, spans, keys);
        Routing.Refused refused = planner.limitRefusal();
        if (refused != null) {
          return refused;
        }
        gather = planner.plan();
      } catch (GatherFailure e) {
        return cannot(e.detail(), e.hint(), reason);
      }
    }
    return needed.cardinality() == shards
        ? new Routing.All(readOnly, gather, reason)
        : new Routing.Some(needed.stream().boxed().toList(), readOnly, gather, reason);
  }

  private Routing inserts(BitSet needed, String reason, KeyReader keys) {
    Tree.Values rows = findings.newRows;
    if (rows == null || findings.restrictions.size() > 1 || findings.targets.size() > 1) {
      return Refusals.unsupported(
          "what the INSERT writes and reads belongs to several shards: " + reason,
          "Send an INSERT for each value of the sharding key.");
    }
    if (!findings.newKeys.isEmpty()) {
      return moved(findings.newKeys.getFirst().table());
    }
    if (findings.sharedVarying != null) {
      return Refusals.unsupported(
          "the statement " + findings.sharedVarying + ", and its rows belong to several shards",
          "Send an INSERT for each value of the sharding key.");
    }
    Gather split = new RowSplit(rows, findings.restrictions.getFirst(), keys).split();
    return new Routing.Some(needed.stream().boxed().toList(), readOnly, split, reason);
  }

  private static final String ONE_VALUE =
      "Ask for one value of the sharding key, by = or IN, so that one shard has it all.";

  private Routing cannot(String obstacle, String hint, String reason) {
    return coordinated(
        Refusals.unsupported(
            "the statement " + obstacle + " and would need several shards: " + reason,
            hint.isEmpty() ? ONE_VALUE : hint));
  }

  private Routing coordinated(Routing.Refused refused) {
    return coordinable ? new Routing.Coordinated(refused) : refused;
  }
}

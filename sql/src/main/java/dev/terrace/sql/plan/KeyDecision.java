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
  }

  @Override
  public @Nullable Routing quick(KeyReader keys) {
    if (!plain) {
      return null;
    }
    int shard = Agreed.NONE;
    for (Findings.Restriction restriction : findings.restrictions) {
      for (List<Operand> bound : restriction.bounds()) {
        Agreed agreed = new Agreed(restriction.table().placement());
        for (Operand operand : bound) {
          if (!keys.read(operand, agreed.placement.keyType(), agreed)) {
            return null;
          }
        }
        boolean another = shard != Agreed.NONE && shard != agreed.shard;
        if (agreed.shard < 0 || another || agreed.keys < bound.size()) {
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

  /** The shards of some keys, and the last key for the reason. */
  private static final class Found implements Consumer<Key> {
    final Placement placement;
    final BitSet shards = new BitSet();
    int keys;
    Placement.@Nullable Located last;

    Found(Placement placement) {
      this.placement = placement;
    }

    @Override
    public void accept(Key key) {
      Placement.Located located = placement.locate(key);
      shards.set(located.shard());
      last = located;
      keys++;
    }
  }

  @Override
  public Routing route(KeyReader keys) {
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
    BitSet all = new BitSet();
    all.set(0, shards);
    String reason = table.table() + " is not asked for by its sharding key " + table.column();
    for (List<Operand> bound : restriction.bounds()) {
      Found found = new Found(table.placement());
      if (read(bound, found, keys)) {
        all.and(found.shards);
        reason = describe(table, found);
      } else if (restriction.bounds().size() == 1) {
        reason =
            "the value of "
                + table.table()
                + "."
                + table.column()
                + " could not be read as "
                + table.keyType().sqlName();
      }
    }
    return new Reached(all, reason, null);
  }

  private static boolean read(List<Operand> operands, Found found, KeyReader keys) {
    for (Operand operand : operands) {
      if (!keys.read(operand, found.placement.keyType(), found)) {
        return false;
      }
    }
    return true;
  }

  private static String describe(Place.Sharded table, Found found) {
    String column = table.table() + "." + table.column() + ": ";
    if (found.keys == 1 && found.last != null) {
      return column + found.last.reason();
    }
    String where =
        found.shards.cardinality() == 1
            ? "all on shard " + found.shards.nextSetBit(0)
            : "on shards " + found.shards;
    return column + found.keys + " values " + where;
  }

  private Reached inserted(Findings.Restriction restriction, KeyReader keys) {
    Place.Sharded table = restriction.table();
    BitSet all = new BitSet();
    all.set(0, shards);
    String reason = "";
    for (List<Operand> bound : restriction.bounds()) {
      Found found = new Found(table.placement());
      for (Operand operand : bound) {
        int before = found.keys;
        if (!keys.read(operand, table.keyType(), found)) {
          return refused(all, unreadable(table));
        }
        if (found.keys == before) {
          return refused(all, nullKey(table));
        }
      }
      all.and(found.shards);
      reason = describe(table, found);
    }
    return new Reached(all, reason, null);
  }

  private static Reached refused(BitSet shards, Routing.Refused refused) {
    return new Reached(shards, "", refused);
  }

  private static Routing.Refused unreadable(Place.Sharded table) {
    return Refusals.unsupported(
        "the value of the sharding key "
            + table.column()
            + " of "
            + table.table()
            + " could not be read as "
            + table.keyType().sqlName(),
        "Give it in its plain form: 42, 'text', a uuid of 36 characters, or 2026-01-31.");
  }

  private static Routing.Refused nullKey(Place.Sharded table) {
    return new Routing.Refused(
        Refusals.NOT_NULL,
        "the sharding key " + table.column() + " of " + table.table() + " must not be null",
        "A row without a key has no shard.");
  }

  /** The refusal if a key is set that belongs to another shard. */
  private Routing.@Nullable Refused moves(int shard, KeyReader keys) {
    for (Findings.NewKey newKey : findings.newKeys) {
      Found found = new Found(newKey.table().placement());
      boolean stays =
          !newKey.values().isEmpty()
              && read(newKey.values(), found, keys)
              && found.keys > 0
              && found.shards.get(shard)
              && found.shards.cardinality() == 1;
      if (!stays) {
        return moved(newKey.table());
      }
    }
    return null;
  }

  private static Routing.Refused moved(Place.Sharded table) {
    return Refusals.unsupported(
        "the statement sets the sharding key "
            + table.column()
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
    if (obstacle == null && findings.arbitraryInside) {
      obstacle = "limits rows in a subquery without ORDER BY, which may take others on each shard";
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

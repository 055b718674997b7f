package dev.terrace.core.place;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * A way that rows of a table take when its placement changes: from a shard, as the placement before
 * counts them, to a shard as the one after does. From and to may be the same servers.
 */
public record Flow(int from, int to) {

  /**
   * All ways that rows may take where the key is the same; exact between two hashes and between two
   * lists of ranges of the same type, else perhaps more than there are rows for.
   */
  public static Set<Flow> between(Placement before, Placement after) {
    Set<Flow> flows = new LinkedHashSet<>();
    if (before instanceof Placement.Directory || after instanceof Placement.Directory) {
      named(before, after, flows);
    } else if (before instanceof Placement.Hash from
        && after instanceof Placement.Hash to
        && from.keyTypes().equals(to.keyTypes())) {
      hashes(from.shards(), to.shards(), flows);
    } else if (before instanceof Placement.Range from
        && after instanceof Placement.Range to
        && from.keyTypes().equals(to.keyTypes())) {
      ranges(from, to, flows);
    } else {
      flows.addAll(anywhere(before, after));
    }
    return flows;
  }

  /** All ways that rows may take where the placement to come goes by another key. */
  static Set<Flow> anywhere(Placement before, Placement after) {
    Set<Flow> flows = new LinkedHashSet<>();
    for (int from : owners(before)) {
      owners(after).forEach(to -> flows.add(new Flow(from, to)));
    }
    return flows;
  }

  private static void named(Placement before, Placement after, Set<Flow> flows) {
    flows.addAll(between(rest(before), rest(after)));
    if (!before.keyTypes().equals(after.keyTypes()) || !isKeyed(before) || !isKeyed(after)) {
      flows.addAll(anywhere(before, after));
      return;
    }
    Set<Key> keys = new LinkedHashSet<>();
    for (Placement placement : new Placement[] {before, after}) {
      if (placement instanceof Placement.Directory directory) {
        keys.addAll(directory.at().keySet());
      }
    }
    keys.forEach(key -> flows.add(new Flow(before.shardOf(key), after.shardOf(key))));
  }

  /** Whether a key says where one row is: rows that are everywhere go to everywhere. */
  private static boolean isKeyed(Placement placement) {
    return !(placement instanceof Placement.Everywhere);
  }

  private static Placement rest(Placement placement) {
    return placement instanceof Placement.Directory directory ? directory.rest() : placement;
  }

  /** A hash h is on h mod n and then on h mod m: those agree modulo the greatest common divisor. */
  private static void hashes(int before, int after, Set<Flow> flows) {
    int common = gcd(before, after);
    for (int from = 0; from < before; from++) {
      for (int to = from % common; to < after; to += common) {
        flows.add(new Flow(from, to));
      }
    }
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private static void ranges(Placement.Range before, Placement.Range after, Set<Flow> flows) {
    flows.add(new Flow(before.owners().getFirst(), after.owners().getFirst()));
    TreeSet<Key> starts = new TreeSet<>(before.splits());
    starts.addAll(after.splits());
    starts.forEach(key -> flows.add(new Flow(before.shardOf(key), after.shardOf(key))));
  }

  /** The shards that may hold rows. */
  static Set<Integer> owners(Placement placement) {
    Set<Integer> owners = new TreeSet<>();
    switch (placement) {
      case Placement.Range range -> owners.addAll(range.owners());
      case Placement.Single single -> owners.add(single.shard());
      case Placement.Directory directory -> {
        owners.addAll(directory.at().values());
        owners.addAll(owners(directory.rest()));
      }
      case Placement.Hash _, Placement.Everywhere _ -> {
        for (int shard = 0; shard < placement.shards(); shard++) {
          owners.add(shard);
        }
      }
    }
    return owners;
  }
}

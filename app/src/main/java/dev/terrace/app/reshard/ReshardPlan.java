package dev.terrace.app.reshard;

import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.ShardConfig;
import dev.terrace.config.TableConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import dev.terrace.core.place.Resharding;
import dev.terrace.core.place.Resharding.Move;
import dev.terrace.core.place.Resharding.TableChange;
import dev.terrace.engines.postgresql.ReshardTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;

/**
 * What has to move between the file that is served and one that differs in the shards of one store
 * and in the placements of its tables.
 *
 * @param before the store now
 * @param after the store then
 * @param targets the new shards that it is about
 * @param id tells this change from others: of what is to be alone, so that it is known afterwards
 */
record ReshardPlan(
    String store,
    StoreConfig before,
    StoreConfig after,
    Resharding resharding,
    Set<Integer> targets,
    String id) {

  /** The rows that one shard sends to another. */
  record Way(int from, int to) {}

  /** Compares two files. */
  static ReshardPlan of(TerraceConfig now, TerraceConfig next) throws ReshardRefusal {
    String store = changedStore(now, next);
    StoreConfig before = now.databases().get(store);
    StoreConfig after = next.databases().get(store);
    if (before == null || after == null) {
      throw new ReshardRefusal("the store " + store + " must be in both files");
    }
    List<String> problems = new ArrayList<>();
    if (!withPlacesOf(now, next, store).equals(next)) {
      problems.add(
          "the file changes more than the shards of "
              + store
              + " and the placements of its tables: apply the rest first (terrace reload)");
    }
    List<OptionalInt> origins = origins(before, after, problems);
    Map<String, TableChange> tables = tables(now, next, store, problems);
    Resharding resharding = new Resharding(before.shards().size(), origins, tables);
    problems.addAll(
        resharding.problems(
            shard -> store + "/" + shard + " at " + after.shards().get(shard).primary()));
    if (!problems.isEmpty()) {
      throw new ReshardRefusal(problems);
    }
    return new ReshardPlan(store, before, after, resharding, news(origins), id(after, resharding));
  }

  private static String changedStore(TerraceConfig now, TerraceConfig next) throws ReshardRefusal {
    Set<String> changed = new TreeSet<>();
    Set<String> stores = new TreeSet<>(now.databases().keySet());
    stores.addAll(next.databases().keySet());
    for (String store : stores) {
      StoreConfig before = now.databases().get(store);
      StoreConfig after = next.databases().get(store);
      boolean same =
          before != null
              && after != null
              && before.shards().equals(after.shards())
              && tablesOf(now, store).equals(tablesOf(next, store));
      if (!same) {
        changed.add(store);
      }
    }
    if (changed.isEmpty()) {
      throw new ReshardRefusal("the file has the shards and placements that are served already");
    }
    if (changed.size() > 1) {
      throw new ReshardRefusal("the file changes several stores, " + changed + ": one at a time");
    }
    return changed.iterator().next();
  }

  private static Map<String, TableConfig> tablesOf(TerraceConfig file, String store) {
    Map<String, TableConfig> tables = new TreeMap<>(file.tables());
    tables.values().removeIf(table -> !table.store().equals(store));
    return tables;
  }

  /** The file as it is, but with the places that another gives to that store's tables. */
  private static TerraceConfig withPlacesOf(TerraceConfig now, TerraceConfig next, String store) {
    StoreConfig was = Objects.requireNonNull(now.databases().get(store));
    List<ShardConfig> shards = Objects.requireNonNull(next.databases().get(store)).shards();
    Map<String, StoreConfig> stores = new LinkedHashMap<>(now.stores());
    stores.put(store, was.withShards(shards));
    Map<String, TableConfig> tables = new LinkedHashMap<>(now.tables());
    tables.values().removeIf(table -> table.store().equals(store));
    tables.putAll(tablesOf(next, store));
    return new TerraceConfig(
        now.listen(),
        now.runtime(),
        now.tls(),
        now.pools(),
        now.dns(),
        now.http(),
        now.sql(),
        now.kv(),
        stores,
        tables,
        now.collections());
  }

  private static List<OptionalInt> origins(
      StoreConfig before, StoreConfig after, List<String> problems) {
    List<OptionalInt> origins = new ArrayList<>();
    for (ShardConfig shard : after.shards()) {
      Set<Integer> found = new TreeSet<>();
      for (int number = 0; number < before.shards().size(); number++) {
        if (before.shards().get(number).servers().stream().anyMatch(shard.servers()::contains)) {
          found.add(number);
        }
      }
      boolean again = found.stream().anyMatch(number -> origins.contains(OptionalInt.of(number)));
      if (found.size() > 1 || again) {
        problems.add(
            "the servers of the shard at " + shard.primary() + " are of several shards by now");
      } else if (!found.isEmpty() && found.iterator().next() != origins.size()) {
        problems.add(
            "the shard at "
                + shard.primary()
                + " serves on, so it must keep its number, "
                + found.iterator().next());
      }
      origins.add(found.isEmpty() ? OptionalInt.empty() : OptionalInt.of(found.iterator().next()));
    }
    return origins;
  }

  private static Map<String, TableChange> tables(
      TerraceConfig now, TerraceConfig next, String store, List<String> problems) {
    int shardsBefore = Objects.requireNonNull(now.databases().get(store)).shards().size();
    int shardsAfter = Objects.requireNonNull(next.databases().get(store)).shards().size();
    Map<String, TableConfig> before = tablesOf(now, store);
    Map<String, TableChange> changes = new TreeMap<>();
    tablesOf(next, store)
        .forEach((name, table) -> {
          TableConfig was = before.get(name);
          // What a file does not speak of is on the first shard.
          Placement from =
              was == null
                  ? new Placement.Single(KeyType.BIGINT, shardsBefore, 0)
                  : was.shard().over(shardsBefore);
          changes.put(
              name,
              new TableChange(
                  was == null ? List.of() : was.shard().columns(),
                  table.shard().columns(),
                  from,
                  table.shard().over(shardsAfter)));
        });
    for (String name : before.keySet()) {
      if (!changes.containsKey(name)) {
        problems.add("the file does not say where table " + name + " is to be");
      }
    }
    return changes;
  }

  /** A table whose rows would have to move between the files, of those that both list. */
  static Optional<String> moved(TerraceConfig now, TerraceConfig next) {
    for (Map.Entry<String, StoreConfig> entry : next.databases().entrySet()) {
      StoreConfig before = now.databases().get(entry.getKey());
      if (before == null) {
        continue;
      }
      List<OptionalInt> origins = origins(before, entry.getValue(), new ArrayList<>());
      if (before.shards().size() == origins.size()) {
        // As many as before: what has another address there is taken to be the same.
        for (int i = 0; i < origins.size(); i++) {
          origins.set(i, origins.get(i).isPresent() ? origins.get(i) : OptionalInt.of(i));
        }
      }
      Map<String, TableChange> tables =
          new TreeMap<>(tables(now, next, entry.getKey(), new ArrayList<>()));
      tables.keySet().retainAll(tablesOf(now, entry.getKey()).keySet());
      Resharding resharding = new Resharding(before.shards().size(), origins, tables);
      for (String table : tables.keySet()) {
        if (resharding.moves(table)) {
          return Optional.of(table);
        }
      }
    }
    return Optional.empty();
  }

  private static String id(StoreConfig store, Resharding resharding) {
    CRC32 sum = new CRC32();
    StringBuilder text = new StringBuilder(store.database());
    store.shards().forEach(shard -> text.append(' ').append(shard.primary()));
    resharding
        .tables()
        .forEach((name, change) ->
            text.append(' ').append(name).append(change.columns()).append(inOrder(change.after())));
    sum.update(text.toString().getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", sum.getValue());
  }

  private static String inOrder(Placement placement) {
    return placement instanceof Placement.Directory directory
        ? new TreeMap<>(directory.at()) + " " + directory.rest()
        : placement.toString();
  }

  /** The id of the change that has brought a store's rows to where the file says. */
  static String id(TerraceConfig file, String store) {
    StoreConfig config = Objects.requireNonNull(file.databases().get(store));
    List<OptionalInt> origins = new ArrayList<>();
    return id(
        config,
        new Resharding(
            config.shards().size(), origins, tables(file, file, store, new ArrayList<>())));
  }

  /** The same without those tables, which are not there. */
  ReshardPlan without(Set<String> tables) {
    Map<String, TableChange> left = new TreeMap<>(resharding.tables());
    left.keySet().removeAll(tables);
    return new ReshardPlan(
        store,
        before,
        after,
        new Resharding(resharding.shardsBefore(), resharding.origins(), left),
        targets,
        id);
  }

  /** The part that some of the new shards take. */
  ReshardPlan onlyTo(Set<Integer> some) {
    return new ReshardPlan(store, before, after, resharding, some, id);
  }

  private static Set<Integer> news(List<OptionalInt> origins) {
    Set<Integer> news = new TreeSet<>();
    for (int shard = 0; shard < origins.size(); shard++) {
      if (origins.get(shard).isEmpty()) {
        news.add(shard);
      }
    }
    return news;
  }

  /** The tables by the ways that rows take. */
  Map<Way, List<ReshardTable>> ways() {
    Map<Way, List<ReshardTable>> ways = new LinkedHashMap<>();
    for (Move move : resharding.moves()) {
      if (!targets.contains(move.to())) {
        continue;
      }
      ways.computeIfAbsent(new Way(move.from(), move.to()), way -> new ArrayList<>())
          .add(table(move.table()));
    }
    return ways;
  }

  /** The tables that lose rows on a shard that stays. */
  List<ReshardTable> losing(int shard) {
    return resharding.tables().keySet().stream()
        .filter(table -> resharding.loses(table, shard))
        .map(this::table)
        .toList();
  }

  private ReshardTable table(String name) {
    TableChange change = Objects.requireNonNull(resharding.tables().get(name));
    return new ReshardTable(name, change.columns(), change.after());
  }

  /** The shards to come that are shards now, by their numbers then; their numbers now. */
  Map<Integer, Integer> staying() {
    Map<Integer, Integer> staying = new HashMap<>();
    for (int shard = 0; shard < resharding.origins().size(); shard++) {
      OptionalInt origin = resharding.origins().get(shard);
      if (origin.isPresent()) {
        staying.put(shard, origin.getAsInt());
      }
    }
    return staying;
  }
}

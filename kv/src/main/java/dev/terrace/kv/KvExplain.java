package dev.terrace.kv;

import dev.terrace.config.CollectionConfig;
import dev.terrace.config.JournalConfig.Durability;
import dev.terrace.config.PoolSpecs;
import dev.terrace.config.ShardRule;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.ReadFrom;
import dev.terrace.config.TableConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.balance.Pick;
import dev.terrace.core.balance.PickRequest;
import dev.terrace.core.freshness.LagLimit;
import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Explanation;
import dev.terrace.core.signal.Explanation.Step;
import dev.terrace.kv.command.Command;
import dev.terrace.kv.command.Service;
import dev.terrace.kv.data.Collection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says where a command would go, and why, from the file alone. */
public final class KvExplain {

  private KvExplain() {}

  /**
   * The decisions that a command such as {@code HGETALL product:42} meets; a problem is the last
   * step, with {@code refused} as its choice.
   */
  public static Explanation explain(TerraceConfig file, Pools pools, String text) {
    List<Step> steps = new ArrayList<>();
    String[] words = text.strip().split("\\s+", -1);
    Command command = Service.command(words[0].getBytes(StandardCharsets.UTF_8)).orElse(null);
    if (command == null) {
      return refused(steps, "command", "there is no command '" + words[0] + "'");
    }
    if (command.action() instanceof Command.Action.Refused(String why)) {
      return refused(steps, "command", why);
    }
    if (!command.takes(words.length)) {
      return refused(steps, "command", "wrong number of arguments");
    }
    steps.add(step("command", command.name(), command.writes() ? "it writes" : "it reads"));
    if (command.action() instanceof Command.Action.Scan) {
      steps.add(step("answer", "the stores", "it goes through tables, page by page"));
      return new Explanation(steps);
    }
    if (command.keys().first() == 0) {
      steps.add(step("answer", "this node", "it names no key"));
      return new Explanation(steps);
    }
    return key(file, pools, steps, command, words[command.keys().first()]);
  }

  private static Step step(String subject, String choice, String reason) {
    return new Step("kv", subject, choice, reason);
  }

  private static Explanation refused(List<Step> steps, String subject, String reason) {
    steps.add(step(subject, "refused", reason));
    return new Explanation(steps);
  }

  private static Explanation key(
      TerraceConfig file, Pools pools, List<Step> steps, Command command, String key) {
    int colon = key.indexOf(':');
    String name = colon < 0 ? "" : key.substring(0, colon);
    CollectionConfig collection = file.collections().get(name);
    if (collection == null) {
      return refused(
          steps,
          "collection",
          "key '" + key + "' belongs to none of " + String.join(", ", file.collections().keySet()));
    }
    String shape = collection.value().map(v -> "a string in column " + v).orElse("a hash");
    steps.add(step("collection", name, "the key begins with " + name + ":, and is " + shape));
    if (collection.store().isPresent()) {
      steps.add(step("store", collection.store().get(), "every command passes through to it"));
      return new Explanation(steps);
    }
    String tableName = collection.table().orElse("");
    TableConfig table = file.tables().get(tableName);
    StoreConfig store = table == null ? null : file.stores().get(table.store());
    if (table == null || store == null) {
      return refused(steps, "table", "table " + tableName + " has no store in the file");
    }
    Optional<String> problem = Collection.problem(name, collection, table.shard());
    if (problem.isPresent()) {
      return refused(steps, "table", problem.get());
    }
    String id = key.substring(colon + 1);
    steps.add(
        step(
            "table",
            tableName + " of store " + table.store(),
            "the row whose " + String.join(", ", collection.keyColumns()) + " is " + id));
    Placement.Located located;
    try {
      located = locate(table.shard(), store.shards().size(), collection.keyColumns(), id);
    } catch (IllegalArgumentException e) {
      return refused(steps, "key", String.valueOf(e.getMessage()));
    }
    if (!command.writes()) {
      steps.add(cache(collection));
    }
    servers(pools, steps, command, table, store, located);
    steps.add(promise(file, collection, store));
    return new Explanation(steps);
  }

  /**
   * The shard; for a rule without a column the key's type is guessed, as the table is not asked.
   */
  private static Placement.Located locate(
      ShardRule rule, int shards, List<String> columns, String id) {
    Placement placement = rule.over(shards);
    if (!rule.columns().isEmpty()) {
      return Collection.locate(rule, placement, columns, id);
    }
    return placement.locate(guess(id));
  }

  private static Key guess(String id) {
    for (KeyType type : List.of(KeyType.BIGINT, KeyType.UUID)) {
      try {
        return type.parse(id);
      } catch (IllegalArgumentException e) {
        // Another type, then.
      }
    }
    return KeyType.TEXT.parse(id);
  }

  private static Step cache(CollectionConfig collection) {
    Duration ttl = collection.cache().ttl();
    if (ttl.isZero()) {
      return step("cache", "none", "cache.ttl is 0s");
    }
    String then =
        collection
            .cache()
            .shared()
            .map(name -> ", then in store " + name + " for as long")
            .orElse("");
    return step("cache", "in process", "kept for " + text(ttl) + " once read" + then);
  }

  private static void servers(
      Pools pools,
      List<Step> steps,
      Command command,
      TableConfig table,
      StoreConfig store,
      Placement.Located located) {
    boolean everywhere = table.shard() instanceof ShardRule.Everywhere;
    if (command.writes() && everywhere) {
      steps.add(step("shard", "all", "the table is everywhere: a write goes to each shard"));
      for (int shard = 0; shard < store.shards().size(); shard++) {
        steps.add(member(pools, PoolSpecs.primary(table.store(), shard), "writes"));
      }
      return;
    }
    int shard = located.shard();
    steps.add(step("shard", Integer.toString(shard), located.reason()));
    if (!command.writes() && store.reads().from() == ReadFrom.REPLICAS) {
      Pool replicas = pools.find(PoolSpecs.replicas(table.store(), shard)).orElse(null);
      if (replicas != null && !replicas.snapshot().available().isEmpty()) {
        String limit =
            "reads on a miss, no more than "
                + limit(store.reads().limit())
                + " behind and past this node's writes; else the primary";
        steps.add(member(pools, replicas.name(), limit));
        return;
      }
    }
    String why = command.writes() ? "writes" : "reads on a miss: no replica is to be had";
    steps.add(member(pools, PoolSpecs.primary(table.store(), shard), why));
  }

  private static Step member(Pools pools, String name, String why) {
    Optional<Pool> pool = pools.find(name);
    if (pool.isEmpty()) {
      return step("member", "none", "there is no pool " + name);
    }
    return switch (pool.get().pick(PickRequest.first(0))) {
      case Pick.Picked(PoolMember member, String reason) ->
          step("member", member.id(), name + " by " + reason + "; " + why);
      case Pick.Rejected(Pick.Cause cause) -> step("member", "none", name + ": " + cause);
    };
  }

  private static Step promise(TerraceConfig file, CollectionConfig collection, StoreConfig store) {
    Duration oldest = collection.cache().ttl();
    if (collection.cache().shared().isPresent()) {
      // The age counts on from one cache to the next.
      oldest = oldest.plus(file.kv().sharedTimeout());
    }
    LagLimit limit = store.reads().limit();
    boolean replicas = store.reads().from() == ReadFrom.REPLICAS;
    if (replicas && limit.time().isPresent()) {
      oldest = oldest.plus(limit.time().get());
    }
    String age = oldest.isZero() ? "always current" : "never older than " + text(oldest);
    if (replicas && limit.time().isEmpty()) {
      age = "never older than " + text(oldest) + " and what replicas may lack, " + limit(limit);
    }
    if (!collection.cache().staleIfError().isZero()) {
      age += ", or " + text(collection.cache().staleIfError()) + " while the store is down";
    }
    String own = "reads on this node see its own writes at once; ";
    String told = own + others(file) + age;
    return switch (collection.cache().write()) {
      case THROUGH ->
          step("promise", told, "write through: the store first, then the caches, then the answer");
      case AROUND ->
          step(
              "promise",
              told,
              "write around: the store first, then the caches forget the key, then the answer");
      case READ_ONLY -> step("promise", "writes are refused; " + age, "read-only");
      case BACK ->
          step(
              "promise",
              own
                  + "the store and other nodes after about "
                  + text(collection.cache().flush())
                  + ", later while the store is down; other values "
                  + age,
              "write back: this node's journal first, then the answer; what is acknowledged"
                  + " survives the end of Terrace, "
                  + (file.kv().journal().durability() == Durability.FSYNC
                      ? "and the loss of power (durability: fsync)"
                      : "not the loss of power (durability: os)"));
    };
  }

  /** When other nodes see a write. */
  private static String others(TerraceConfig file) {
    return file.kv()
        .nodes()
        .map(nodes ->
            "other nodes within 50ms, "
                + text(nodes.patience().plus(nodes.beat()))
                + " if messages are lost; ")
        .orElse("");
  }

  private static String limit(LagLimit limit) {
    String bytes = limit.bytes().isPresent() ? limit.bytes().getAsLong() + " bytes of log" : "";
    String time = limit.time().map(KvExplain::text).orElse("");
    return time + (time.isEmpty() || bytes.isEmpty() ? "" : " and ") + bytes;
  }

  /** As the file writes durations: 10m, 1s, 250ms. */
  private static String text(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 60_000 == 0 && millis > 0) {
      return millis / 60_000 + "m";
    }
    if (millis > 60_000 && millis % 1000 == 0) {
      return millis / 60_000 + "m " + millis / 1000 % 60 + "s";
    }
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}

package dev.terrace.config.check;

import dev.terrace.config.ShardRule;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.FailoverMode;
import dev.terrace.config.StoreConfig.ShardConfig;
import dev.terrace.config.TableConfig;
import dev.terrace.config.bind.KeyPath;
import dev.terrace.core.pool.Address;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks of stores and of how tables are spread over their shards. */
final class StoreChecks {

  /** A name that SQL takes without quotes. */
  static final String SQL_NAME = "[A-Za-z_][A-Za-z0-9_$]*";

  private final Inspection file;

  private StoreChecks(Inspection file) {
    this.file = file;
  }

  static void run(Inspection file) {
    file.mustBePlain(Inspection.STORES, "store");
    StoreChecks checks = new StoreChecks(file);
    file.config().stores().forEach(checks::store);
    file.config().tables().forEach(checks::table);
  }

  private void store(String name, StoreConfig store) {
    if (store.failover() == FailoverMode.AUTOMATIC && store.reads().maxLagBytes().isEmpty()) {
      file.problem(
          Inspection.STORES.key(name).key("failover"),
          "'automatic' needs reads.max-lag-bytes: how much of the log may be lost by a promotion");
    }
    coordinator(name, store);
    engine(name, store);
    KeyPath shards = Inspection.STORES.key(name).key("shards");
    Map<Address, KeyPath> seen = new HashMap<>();
    for (int i = 0; i < store.shards().size(); i++) {
      ShardConfig shard = store.shards().get(i);
      KeyPath at = file.sources().item(shards, i);
      server(at.key("primary"), shard.primary(), seen);
      for (int j = 0; j < shard.replicas().size(); j++) {
        server(file.sources().item(at.key("replicas"), j), shard.replicas().get(j), seen);
      }
    }
  }

  /** Keys that say something of the one kind of store only. */
  private void engine(String name, StoreConfig store) {
    KeyPath at = Inspection.STORES.key(name);
    for (int i = 0; i < store.shards().size(); i++) {
      ShardConfig shard = store.shards().get(i);
      KeyPath item = file.sources().item(at.key("shards"), i);
      boolean hashed = !store.engine().isRelational();
      if (!hashed && (shard.weight() != 1 || shard.name().isPresent())) {
        file.problem(
            item.key(shard.weight() != 1 ? "weight" : "name"),
            "is for stores whose keys are placed by consistent hashing; this one's tables say how"
                + " they are placed");
      }
      if (hashed && !shard.replicas().isEmpty()) {
        file.problem(
            item.key("replicas"),
            Inspection.kind(store) + " is asked at its primary alone: leave 'replicas' out");
      }
    }
    if (store.coordinator().isPresent() && !store.engine().isRelational()) {
      file.problem(at.key("coordinator"), Inspection.kind(store) + " has no tables to join");
    }
    identities(name, store);
  }

  private void identities(String name, StoreConfig store) {
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < store.shards().size(); i++) {
      String identity = store.shards().get(i).identity();
      Integer earlier = seen.putIfAbsent(identity, i);
      if (earlier != null && store.shards().get(i).name().isPresent()) {
        KeyPath shards = Inspection.STORES.key(name).key("shards");
        file.problem(
            file.sources().item(shards, i).key("name"),
            "'" + identity + "' is the name of shard " + earlier + " already");
      }
    }
  }

  /** Its foreign tables have the names of the shards' own. */
  private void coordinator(String name, StoreConfig store) {
    KeyPath at = Inspection.STORES.key(name).key("coordinator");
    store
        .coordinator()
        .ifPresent(coordinator -> {
          if (coordinator.database().equals(store.database())) {
            file.problem(
                at.key("database"),
                "must be another than the store's: its tables have the same names");
          }
          coordinator.server().ifPresent(server -> port(at.key("server"), server));
        });
  }

  private void port(KeyPath at, Address address) {
    if (address.port() == 0) {
      file.problem(at, "'" + address + "' lacks a port that can be connected to");
    }
  }

  /** Two shards in one database would each see the other's rows. */
  private void server(KeyPath at, Address address, Map<Address, KeyPath> seen) {
    port(at, address);
    KeyPath earlier = seen.putIfAbsent(address, at);
    if (earlier != null) {
      file.problem(at, "'" + address + "' is in this store already: " + earlier);
    }
  }

  private void table(String name, TableConfig table) {
    KeyPath at = Inspection.TABLES.key(name);
    if (!name.matches(SQL_NAME + "(\\." + SQL_NAME + ")?")) {
      file.problemOfKey(at, "'" + name + "' is not a table's name, nor schema.table");
    }
    file.mustBeDatabase(at.key("store"), table.store());
    KeyPath shards = Inspection.STORES.key(table.store()).key("shards");
    StoreConfig store = file.config().stores().get(table.store());
    if (store != null && file.sources().isWhole(shards)) {
      owners(at.key("shard"), table.shard(), store.shards().size());
    }
  }

  private void owners(KeyPath at, ShardRule rule, int shards) {
    if (rule instanceof ShardRule.Range range && range.owners().isPresent()) {
      List<Integer> owners = range.owners().get();
      for (int i = 0; i < owners.size(); i++) {
        owner(file.sources().item(at.key("shards"), i), owners.get(i), shards);
      }
    } else if (rule instanceof ShardRule.Directory directory) {
      directory.at().values().forEach(shard -> owner(at.key("at"), shard, shards));
      directory.others().ifPresent(shard -> owner(at.key("others"), shard, shards));
    }
  }

  private void owner(KeyPath at, int shard, int shards) {
    if (shard < 0 || shard >= shards) {
      file.problem(
          at,
          "there is no shard "
              + shard
              + ": the store has "
              + (shards == 1 ? "shard 0 alone" : "shards 0 to " + (shards - 1)));
    }
  }
}

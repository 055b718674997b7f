package dev.terrace.config.check;

import dev.terrace.config.CollectionConfig;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.bind.KeyPath;
import java.util.Set;

/**
 * Checks of what the key-value front serves: tables that are listed, columns that can be asked for.
 */
final class CollectionChecks {

  private final Inspection file;

  private CollectionChecks(Inspection file) {
    this.file = file;
  }

  static void run(Inspection file) {
    file.mustBePlain(Inspection.COLLECTIONS, "collection");
    CollectionChecks checks = new CollectionChecks(file);
    file.config().collections().forEach(checks::collection);
    file.config()
        .kv()
        .defaultStore()
        .ifPresent(store -> file.mustBeRedis(KeyPath.of("kv", "default"), store));
    file.config()
        .kv()
        .nodes()
        .ifPresent(nodes -> file.mustBeRedis(KeyPath.of("kv", "nodes", "store"), nodes.store()));
  }

  private void collection(String name, CollectionConfig collection) {
    KeyPath at = Inspection.COLLECTIONS.key(name);
    collection.store().ifPresent(store -> file.mustBeRedis(at.key("store"), store));
    if (collection.table().isEmpty()) {
      return;
    }
    file.mustExist(at.key("table"), "table", collection.table().get(), Inspection.TABLES);
    key(at.key("key"), collection);
    collection.value().ifPresent(column -> column(at.key("value"), column));
    collection.expires().ifPresent(column -> column(at.key("expires"), column));
    collection.cache().shared().ifPresent(store -> shared(at.key("cache").key("shared"), store));
  }

  private void key(KeyPath at, CollectionConfig collection) {
    String pattern = collection.key().orElse("");
    if (!pattern.matches("[^{}]*|\\{[^{}:]*\\}(:\\{[^{}:]*\\})*")) {
      file.problem(
          at, "'" + pattern + "' is neither a column's name nor a pattern such as {user_id}:{id}");
      return;
    }
    collection.keyColumns().forEach(column -> column(at, column));
    if (Set.copyOf(collection.keyColumns()).size() < collection.keyColumns().size()) {
      file.problem(at, "'" + pattern + "' names a column twice");
    }
  }

  private void shared(KeyPath at, String name) {
    file.mustExist(at, "store", name, Inspection.STORES);
    StoreConfig store = file.config().stores().get(name);
    if (store != null && store.engine().isRelational()) {
      file.problem(at, "store '" + name + "' is " + Inspection.kind(store) + ", which is no cache");
    }
  }

  private void column(KeyPath at, String name) {
    if (!name.matches(StoreChecks.SQL_NAME)) {
      file.problem(at, "'" + name + "' is not a column's name");
    }
  }
}

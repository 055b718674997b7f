package dev.terrace.config.check;

import dev.terrace.config.CollectionConfig;
import dev.terrace.config.bind.KeyPath;

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
  }

  private void collection(String name, CollectionConfig collection) {
    KeyPath at = Inspection.COLLECTIONS.key(name);
    file.mustExist(at.key("table"), "table", collection.table(), Inspection.TABLES);
    column(at.key("key"), collection.key());
    collection.value().ifPresent(column -> column(at.key("value"), column));
    collection.expires().ifPresent(column -> column(at.key("expires"), column));
  }

  private void column(KeyPath at, String name) {
    if (!name.matches(StoreChecks.SQL_NAME)) {
      file.problem(at, "'" + name + "' is not a column's name");
    }
  }
}

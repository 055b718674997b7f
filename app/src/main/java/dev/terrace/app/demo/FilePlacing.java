package dev.terrace.app.demo;

import dev.terrace.config.TableConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.place.Placement;
import dev.terrace.sandbox.shop.ShopLoader;
import java.util.HashMap;
import java.util.Map;

/** Places rows as the file's tables say: the same placement that the fronts look them up by. */
final class FilePlacing implements ShopLoader.Placing {

  private final Map<String, Placement> placements = new HashMap<>();

  FilePlacing(TerraceConfig file) {
    for (Map.Entry<String, TableConfig> table : file.tables().entrySet()) {
      var store = file.stores().get(table.getValue().store());
      if (store != null) {
        placements.put(table.getKey(), table.getValue().shard().over(store.shards().size()));
      }
    }
  }

  @Override
  public int shard(String table, String key) {
    Placement placement = placements.get(table);
    if (placement == null) {
      throw new IllegalArgumentException("the file does not say how table " + table + " is spread");
    }
    return placement.locate(key).shard();
  }
}

package dev.terrace.sql.plan;

import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import java.util.Map;

/** The tables that the tests of this package route over. */
final class Shop {

  private static final String TABLES =
      """
      tables:
        users: {store: shop, shard: hash(id)}
        orders: {store: shop, shard: hash(user_id)}
        items: {store: shop, shard: hash(user_id)}
        logins: {store: shop, shard: hash(email text)}
        devices: {store: shop, shard: hash(device uuid)}
        events: {store: shop, shard: {range: day, splits: ["2026-01-01", "2026-07-01"]}}
        products: {store: shop, shard: everywhere}
        brands: {store: shop, shard: everywhere}
        settings: {store: shop}
        audit.log: {store: shop}
      """;

  private Shop() {}

  /** The file with that many shards. */
  static TerraceConfig file(int shards) {
    return file(shards, "");
  }

  /** The file with that many shards and one more line of the store's. */
  static TerraceConfig file(int shards, String storeKey) {
    StringBuilder yaml = new StringBuilder("stores:\n  shop:\n    engine: postgresql\n");
    yaml.append("    database: shop\n    ").append(storeKey).append("\n    shards:\n");
    for (int i = 0; i < shards; i++) {
      yaml.append("      - {primary: 127.0.0.1:").append(5500 + i * 10);
      yaml.append(", replicas: [127.0.0.1:").append(5501 + i * 10).append("]}\n");
    }
    return ConfigFile.parse("shop.yaml", yaml + TABLES, Map.of()).orThrow();
  }

  static StatementPlanner planner(int shards) {
    return new StatementPlanner(file(shards), "shop");
  }

  /** A routing in a few words, as routing.txt has it. */
  static String describe(Plan plan, Routing routing) {
    String kind = plan.kind().name();
    return switch (routing) {
      case Routing.One one ->
          kind + " one " + one.shard() + mode(one.readOnly()) + " " + one.reason();
      case Routing.AnyShard any -> kind + " any" + mode(any.readOnly()) + " " + any.reason();
      case Routing.Some some ->
          kind + " some " + some.shards() + mode(some.readOnly()) + " " + some.reason();
      case Routing.All all ->
          kind
              + " all"
              + mode(all.readOnly())
              + " "
              + all.gather().told().choice()
              + " "
              + all.reason();
      case Routing.Coordinated coordinated -> kind + " coordinator " + coordinated.reason();
      case Routing.Session session -> kind + " session";
      case Routing.Refused refused ->
          kind + " refused " + refused.sqlState() + " " + refused.message();
    };
  }

  private static String mode(boolean readOnly) {
    return readOnly ? " replica" : " primary";
  }
}

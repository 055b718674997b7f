package dev.terrace.testkit;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.sandbox.shop.ShopData;
import dev.terrace.sandbox.shop.ShopLoader;
import java.util.List;

/**
 * A PostgreSQL cluster that all tests of a JVM share: two shards, each with a replica; user,
 * password and database {@code shop}; the tables of the shop with {@link ShopData#small}. It starts
 * at the first use and ends with the JVM.
 *
 * <p>Tests that use it must leave it running and must not rely on what others may have written: use
 * rows or tables of your own. To break servers, start a cluster of your own.
 */
public final class SharedPostgres {

  private static final int SHARDS = 2;
  private static final Placement HASH = new Placement.Hash(KeyType.BIGINT, SHARDS);
  private static final Placement RANGE =
      Placement.Range.inTurn(KeyType.DATE, SHARDS, days("2026-01-01", "2026-07-01"));

  private SharedPostgres() {}

  /** The cluster, started now if it was not before. */
  public static PostgresCluster get() {
    return Holder.CLUSTER;
  }

  /** The placement of a shop table's rows; products are on every shard. */
  public static Placement placement(String table) {
    return switch (table) {
      case "users", "orders", "carts" -> HASH;
      case "events" -> RANGE;
      case "products" -> new Placement.Everywhere(KeyType.BIGINT, SHARDS);
      default -> throw new IllegalArgumentException("the shop has no table " + table);
    };
  }

  /** The lowest number of a user whose rows that shard has. */
  public static long userOn(int shard) {
    return userOn(shard, 1);
  }

  /** The lowest such number from there on. */
  public static long userOn(int shard, long from) {
    long user = from;
    while (placement("users").locate(new Key.Whole(user)).shard() != shard) {
      user++;
    }
    return user;
  }

  private static List<Key> days(String... texts) {
    return List.of(texts).stream().map(KeyType.DATE::parse).toList();
  }

  private static final class Holder {
    static final PostgresCluster CLUSTER = start();

    private static PostgresCluster start() {
      PostgresCluster cluster = PostgresCluster.start(PostgresSpec.of(SHARDS, 1));
      ShopLoader.load(
          cluster,
          ShopData.small(),
          (table, key) -> {
            Placement placement = placement(table);
            return placement.locate(placement.keyType().parse(key)).shard();
          });
      return cluster;
    }
  }
}

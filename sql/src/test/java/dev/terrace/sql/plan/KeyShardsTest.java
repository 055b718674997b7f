package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.PartitionHash;
import dev.terrace.sql.plan.Parameters.Parameter;
import dev.terrace.testkit.Seeded;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoublePredicate;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Conditions ask exactly the shards that may have rows which fulfil them. */
final class KeyShardsTest {

  private static final int SHARDS = 3;
  private static final int KEYS = 60;

  private static StatementPlanner planner(String tables) {
    String shards =
        IntStream.range(0, SHARDS)
            .mapToObj(i -> "{primary: 127.0.0.1:" + (5500 + i) + "}")
            .collect(Collectors.joining(", "));
    String yaml =
        "stores: {shop: {engine: postgresql, database: shop, shards: [" + shards + "]}}\ntables:\n";
    return new StatementPlanner(
        ConfigFile.parse("keys.yaml", yaml + tables, Map.of()).orThrow(), "shop");
  }

  private static Set<Integer> shards(Routing routing) {
    return switch (routing) {
      case Routing.One one -> Set.of(one.shard());
      case Routing.Some some -> new TreeSet<>(some.shards());
      case Routing.All _ -> IntStream.range(0, SHARDS).boxed().collect(Collectors.toSet());
      case Routing other -> throw new AssertionError(other);
    };
  }

  /** A condition and which keys fulfil it. */
  private record Condition(String sql, DoublePredicate holds) {}

  private static Condition condition(RandomGenerator random, List<Long> bound) {
    long a = random.nextInt(-5, KEYS + 5);
    long b = random.nextInt(-5, KEYS + 5);
    String left = random.nextInt(3) == 0 ? "$" + (bound.size() + 1) : Long.toString(a);
    if (left.startsWith("$")) {
      bound.add(a);
    }
    return switch (random.nextInt(8)) {
      case 0 -> new Condition("k < " + left, k -> k < a);
      case 1 -> new Condition("k <= " + left, k -> k <= a);
      case 2 -> new Condition(left + " < k", k -> a < k);
      case 3 -> new Condition("t.k >= " + left, k -> k >= a);
      case 4 -> new Condition("k between " + left + " and " + b, k -> k >= a && k <= b);
      case 5 -> new Condition("k = " + left, k -> k == a);
      case 6 -> new Condition("k in (" + left + ", " + b + ")", k -> k == a || k == b);
      default -> new Condition("k > " + left + " and x = 1", k -> k > a);
    };
  }

  @Test
  void intervalsAskTheShardsOfTheirRangesAlone() {
    Seeded.rounds(
        21,
        400,
        random -> {
          boolean dense = random.nextBoolean();
          TreeSet<Integer> splits = new TreeSet<>();
          for (int i = random.nextInt(1, 6); i > 0; i--) {
            splits.add(random.nextInt(KEYS));
          }
          List<Integer> owners =
              IntStream.rangeClosed(0, splits.size())
                  .mapToObj(i -> random.nextInt(SHARDS))
                  .toList();
          StatementPlanner planner =
              planner(
                  "  t: {store: shop, shard: {range: k, type: "
                      + (dense ? "numeric" : "bigint")
                      + ", splits: ["
                      + splits.stream().map(s -> "\"" + s + "\"").collect(Collectors.joining(", "))
                      + "], shards: "
                      + owners
                      + "}}");
          List<Long> bound = new ArrayList<>();
          Condition first = condition(random, bound);
          Condition second = condition(random, bound);
          String sql = "select * from t where " + first.sql() + " and " + second.sql();
          Set<Integer> expected =
              IntStream.range(-20, 2 * KEYS + 20)
                  .filter(half -> dense || half % 2 == 0)
                  .mapToDouble(half -> half / 2.0)
                  .filter(first.holds().and(second.holds()))
                  .mapToObj(k -> owners.get(splits.headSet((int) Math.floor(k), true).size()))
                  .collect(Collectors.toCollection(TreeSet::new));
          Set<Integer> asked = shards(planner.plan(sql).route(parameters(bound)));
          if (expected.isEmpty()) {
            assertThat(asked).as(sql).isNotEmpty();
          } else if (sql.contains(" in (")) {
            // Several values are told apart by their ranges only.
            assertThat(asked).as(sql).containsAll(expected);
          } else {
            assertThat(asked).as(sql + " " + splits + owners).isEqualTo(expected);
          }
        });
  }

  private static Parameters parameters(List<Long> bound) {
    List<Parameter> values =
        bound.stream()
            .map(value ->
                new Parameter(0, false, StandardCharsets.UTF_8.encode(Long.toString(value))))
            .toList();
    return new Parameters() {
      @Override
      public int count() {
        return values.size();
      }

      @Override
      public Parameter get(int number) {
        return values.get(number - 1);
      }
    };
  }

  @Test
  void whatMayBeOrderedInAnotherWayIsNotNarrowed() {
    StatementPlanner planner =
        planner(
            """
              names: {store: shop, shard: {range: name, splits: [m], shards: [0, 1]}}
              hashed: {store: shop, shard: hash(k)}
              days: {store: shop, shard: {range: d, splits: ['2026-01-01'], shards: [0, 1]}}
            """);
    for (String sql :
        List.of(
            "select * from names where name < 'b'",
            "select * from hashed where k between 1 and 2",
            "select * from days where d not between '2026-02-01' and '2026-03-01'",
            "select * from days where d between symmetric '2026-02-01' and '2026-03-01'",
            "select * from days where not d > '2026-02-01'",
            "select * from days where d > '2026-02-01'::date + 1",
            "select * from days where d <> '2026-02-01'",
            "select * from days where d > all (array['2026-02-01'::date])")) {
      assertThat(shards(planner.plan(sql).route(Parameters.NONE))).as(sql).hasSizeGreaterThan(1);
    }
    assertThat(
            shards(
                planner.plan("select * from days where d >= '2026-01-01'").route(Parameters.NONE)))
        .containsExactly(1);
    assertThat(
            shards(
                planner.plan("select * from days where d < '2026-01-01'").route(Parameters.NONE)))
        .containsExactly(0);
    assertThat(
            shards(
                planner
                    .plan(
                        "select * from days a join days b using (d) where b.d < date '2026-01-01'")
                    .route(Parameters.NONE)))
        .containsExactly(0);
  }

  /** What a condition says of a column, and how: by values, or by an interval. */
  private record OfColumn(String sql, IntPredicate holds, boolean values) {}

  private static OfColumn ofColumn(RandomGenerator random, String column, List<Long> bound) {
    int a = random.nextInt(-1, 9);
    int b = random.nextInt(-1, 9);
    String left = Integer.toString(a);
    if (random.nextInt(3) == 0) {
      bound.add((long) a);
      left = "$" + bound.size();
    }
    return switch (random.nextInt(7)) {
      case 0 -> new OfColumn(column + " = " + left, k -> k == a, true);
      case 1 -> new OfColumn(column + " in (" + left + ", " + b + ")", k -> k == a || k == b, true);
      case 2 -> new OfColumn(column + " < " + left, k -> k < a, false);
      case 3 -> new OfColumn(left + " <= " + column, k -> a <= k, false);
      case 4 ->
          new OfColumn(column + " between " + left + " and " + b, k -> k >= a && k <= b, false);
      case 5 -> new OfColumn(column + " > " + left, k -> k > a, false);
      default -> new OfColumn("n = 1", k -> true, false);
    };
  }

  /** Exact by values of the first column, or an interval of it; the rest then says no more. */
  @Test
  void rowsAskTheRangesThatTheyCanBeIn() {
    Seeded.rounds(
        23,
        1500,
        random -> {
          TreeSet<Key> splits = new TreeSet<>();
          for (int i = random.nextInt(1, 6); i > 0; i--) {
            Key a = new Key.Whole(random.nextInt(8));
            Key b = new Key.Whole(random.nextInt(8));
            splits.add(new Key.Row(random.nextInt(4) == 0 ? List.of(a) : List.of(a, b)));
          }
          List<Integer> owners =
              IntStream.rangeClosed(0, splits.size())
                  .mapToObj(i -> random.nextInt(SHARDS))
                  .toList();
          String ranges =
              splits.stream().map(s -> '"' + s.text() + '"').collect(Collectors.joining(", "));
          StatementPlanner planner =
              planner(
                  "  t: {store: shop, shard: {range: \"a, b\", splits: [%s], shards: %s}}"
                      .formatted(ranges, owners));
          List<Long> bound = new ArrayList<>();
          OfColumn a1 = ofColumn(random, "a", bound);
          OfColumn a2 = ofColumn(random, "t.a", bound);
          OfColumn b1 = ofColumn(random, "b", bound);
          OfColumn b2 = ofColumn(random, "b", bound);
          boolean byValues = a1.values() || a2.values();
          Set<Integer> expected = new TreeSet<>();
          for (int a = -4; a < 14; a++) {
            for (int b = -4; b < 14; b++) {
              boolean first = a1.holds().test(a) && a2.holds().test(a);
              boolean second = !byValues || (b1.holds().test(b) && b2.holds().test(b));
              if (first && second) {
                Key key = new Key.Row(List.of(new Key.Whole(a), new Key.Whole(b)));
                expected.add(owners.get(splits.headSet(key, true).size()));
              }
            }
          }
          String sql =
              "select * from t where %s and %s and %s and %s"
                  .formatted(a1.sql(), b1.sql(), a2.sql(), b2.sql());
          Set<Integer> asked = shards(planner.plan(sql).route(parameters(bound)));
          if (expected.isEmpty()) {
            assertThat(asked).as(sql).hasSize(1);
          } else {
            assertThat(asked).as(sql + " " + ranges + owners + bound).isEqualTo(expected);
          }
        });
  }

  @Test
  void rangesOfRowsAreToldAndReadAsTheirTypes() {
    StatementPlanner planner =
        planner(
            """
              trips:
                store: shop
                shard: {range: "land text, id", splits: ["de, 100", '"u, s"'], shards: [0, 1, 2]}
            """);
    String where = "select * from trips where land = ";
    assertThat(planner.plan(where + "'de' and id = 7").route(Parameters.NONE).reason())
        .isEqualTo("trips.land, id: (de, 7) is in range 0 (-inf, (de, 100))");
    assertThat(planner.plan(where + "'de' and id > 99").route(Parameters.NONE).reason())
        .isEqualTo("trips.land, id: in range 1");
    assertThat(planner.plan(where + "'de'").route(Parameters.NONE).reason())
        .isEqualTo("trips.land, id: in ranges 0, 1");
    assertThat(shards(planner.plan(where + "'u, s'").route(Parameters.NONE))).containsExactly(2);
    // Its collation may have another order.
    String other = "select * from trips where land > 'x' and id = 5";
    assertThat(shards(planner.plan(other).route(Parameters.NONE))).hasSize(3);
    String insert = "insert into trips (id, land) values (100, 'de'), (99, 'de'), (1, 'uz')";
    assertThat(shards(planner.plan(insert).route(Parameters.NONE))).containsExactly(0, 1, 2);
    assertThat(
            planner.plan("insert into trips (land) values ('de')").route(Parameters.NONE).reason())
        .isEqualTo("INSERT into trips does not set its sharding key id");
    assertThat(
            planner
                .plan("select count(*) from trips a join trips b using (land)")
                .route(Parameters.NONE))
        .isInstanceOf(Routing.Refused.class);
  }

  private static final String TWO =
      """
        visits: {store: shop, shard: "hash(tenant, id)"}
        pages: {store: shop, shard: "hash(tenant, id)"}
      """;

  private static int shard(long tenant, long id) {
    Key key =
        new Key.Row(List.of(KeyType.BIGINT.parse("" + tenant), KeyType.BIGINT.parse("" + id)));
    return PartitionHash.remainder(key, SHARDS);
  }

  @Test
  void aKeyOfTwoColumnsNeedsBoth() {
    StatementPlanner planner = planner(TWO);
    Seeded.rounds(
        22,
        300,
        random -> {
          long tenant = random.nextInt(20);
          long id = random.nextInt(1000);
          Set<Integer> one = Set.of(shard(tenant, id));
          for (String sql :
              List.of(
                  "select * from visits where tenant = %d and id = %d",
                  "select * from visits where (tenant, id) = (%d, %d)",
                  "select * from visits v join pages p using (tenant, id) where p.tenant = %d and v.id = %d",
                  "update visits set n = 2 where tenant = %d and id = %d",
                  "insert into visits (n, tenant, id) values (1, %d, %d)",
                  "select * from (select * from visits where tenant = %d and id = %d) v")) {
            String text = sql.formatted(tenant, id);
            assertThat(shards(planner.plan(text).route(Parameters.NONE))).as(text).isEqualTo(one);
          }
          String bound = "delete from visits where id = $2 and tenant = $1";
          assertThat(shards(planner.plan(bound).route(parameters(List.of(tenant, id)))))
              .isEqualTo(one);
          String all = "select * from visits where tenant = %d or id = %d".formatted(tenant, id);
          assertThat(shards(planner.plan(all).route(Parameters.NONE))).hasSize(SHARDS);
          assertThat(
                  shards(
                      planner
                          .plan(
                              "select * from visits where tenant = %d and id in (%d, %d)"
                                  .formatted(tenant, id, id + 1))
                          .route(Parameters.NONE)))
              .isEqualTo(new TreeSet<>(List.of(shard(tenant, id), shard(tenant, id + 1))));
        });
  }

  @Test
  void rowsOfSeveralColumnsAreTogetherByAllOfThem() {
    StatementPlanner planner = planner(TWO);
    assertThat(
            planner.plan("select * from visits join pages using (tenant)").route(Parameters.NONE))
        .isInstanceOf(Routing.Refused.class);
    assertThat(
            planner
                .plan("select * from visits join pages using (tenant, id)")
                .route(Parameters.NONE))
        .isInstanceOf(Routing.All.class);
    assertThat(
            planner
                .plan("update visits set id = 5 where tenant = 1 and id = 4")
                .route(Parameters.NONE))
        .isInstanceOf(Routing.Refused.class);
    assertThat(
            planner
                .plan("insert into visits (tenant, n) values (1, 2)")
                .route(Parameters.NONE)
                .reason())
        .isEqualTo("INSERT into visits does not set its sharding key id");
    assertThat(
            planner
                .plan("insert into visits (tenant, id) values (1, null)")
                .route(Parameters.NONE)
                .reason())
        .isEqualTo("the sharding key tenant, id of visits must not be null");
  }
}

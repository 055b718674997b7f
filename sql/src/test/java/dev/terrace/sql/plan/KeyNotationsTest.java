package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import dev.terrace.sql.plan.Parameters.Parameter;
import dev.terrace.testkit.Seeded;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A key of the rarer types leads to its shard, however it is written or bound. */
final class KeyNotationsTest {

  private static final int SHARDS = 5;
  private static final int NUMERIC = 1700;
  private static final int FLOAT8 = 701;

  private final StatementPlanner planner =
      new StatementPlanner(
          ConfigFile.parse(
                  "keys.yaml",
                  "stores: {shop: {engine: postgresql, database: shop, shards: ["
                      + IntStream.range(0, SHARDS)
                          .mapToObj(i -> "{primary: 127.0.0.1:" + (5500 + i) + "}")
                          .collect(Collectors.joining(", "))
                      + """
                      ]}}
                      tables:
                        amounts: {store: shop, shard: hash(k numeric)}
                        flags: {store: shop, shard: hash(k boolean)}
                        blobs: {store: shop, shard: hash(k bytea)}
                        codes: {store: shop, shard: hash(k char)}
                      """,
                  Map.of())
              .orThrow(),
          "shop");

  private void check(String sql, Parameters parameters, int shard) {
    assertThat(planner.plan(sql).route(parameters))
        .as(sql)
        .isInstanceOfSatisfying(
            Routing.One.class, one -> assertThat(one.shard()).as(sql).isEqualTo(shard));
  }

  private void unknown(String sql, Parameters parameters) {
    assertThat(planner.plan(sql).route(parameters)).as(sql).isInstanceOf(Routing.All.class);
  }

  private static Parameters bound(int oid, boolean binary, ByteBuffer value) {
    return new Parameters() {
      @Override
      public int count() {
        return 1;
      }

      @Override
      public Parameter get(int number) {
        return new Parameter(oid, binary, value);
      }
    };
  }

  private static ByteBuffer text(String value) {
    return StandardCharsets.UTF_8.encode(value);
  }

  private static int shard(KeyType type, String key) {
    return new Placement.Hash(type, SHARDS).shardOf(type.parse(key));
  }

  @Test
  void everyNotationOfANumberLeadsToItsShard() {
    Seeded.rounds(
        51,
        400,
        random -> {
          BigDecimal value =
              BigDecimal.valueOf(random.nextLong() >> random.nextInt(64), random.nextInt(-3, 9));
          String plain = value.toPlainString();
          int shard = shard(KeyType.NUMERIC, plain);
          String sql = "select * from amounts where k = ";
          for (String literal :
              List.of(
                  plain,
                  "'" + value + "'",
                  "'" + plain + "'::numeric",
                  "cast(' " + plain + "' as decimal)",
                  "any(array[" + plain + "])",
                  "any('{" + value + "}'::numeric[])")) {
            check(sql + literal, Parameters.NONE, shard);
          }
          String more = plain + (plain.contains(".") ? "0" : ".0");
          check("insert into amounts (k) values (" + more + ")", Parameters.NONE, shard);
          check(
              "delete from amounts where k in (" + plain + ", " + more + ")",
              Parameters.NONE,
              shard);
          for (int oid : List.of(0, NUMERIC, TypeOids.TEXT)) {
            check(sql + "$1", bound(oid, false, text(value.toString())), shard);
          }
          check(sql + "any($1)", bound(1231, false, text("{" + value + ",NULL}")), shard);
        });
  }

  @Test
  void wholeNumbersAreNumbersToo() {
    Seeded.rounds(
        52,
        200,
        random -> {
          long value = random.nextLong() >> random.nextInt(64);
          int shard = shard(KeyType.NUMERIC, Long.toString(value));
          String sql = "select * from amounts where k = ";
          ByteBuffer eight = ByteBuffer.allocate(8).putLong(value).flip();
          check(sql + "$1", bound(TypeOids.INT8, true, eight), shard);
          check(sql + "$1::bigint", bound(0, true, eight.duplicate()), shard);
          check(sql + "$1::bigint", bound(TypeOids.INT8, false, text("" + value)), shard);
          check(sql + "'" + value + "'::int8", Parameters.NONE, shard);
          check(sql + "any($1::bigint[])", bound(1016, false, text("{" + value + "}")), shard);
          ByteBuffer two = ByteBuffer.allocate(2).putShort((short) 7).flip();
          check(sql + "$1", bound(TypeOids.INT2, true, two), shard(KeyType.NUMERIC, "7"));
        });
  }

  @Test
  void theBinaryFormatOfANumberLeadsToItsShard() {
    ByteBuffer value = ByteBuffer.allocate(12);
    value.putShort((short) 2).putShort((short) 0).putShort((short) 0x4000).putShort((short) 2);
    value.putShort((short) 12).putShort((short) 5000).flip();
    int shard = shard(KeyType.NUMERIC, "-12.5");
    for (int oid : List.of(0, NUMERIC)) {
      check("update amounts set n = 1 where k = $1", bound(oid, true, value.duplicate()), shard);
    }
  }

  @Test
  void everyNotationOfATruthLeadsToItsShard() {
    for (boolean value : List.of(true, false)) {
      int shard = shard(KeyType.BOOLEAN, Boolean.toString(value));
      String sql = "select * from flags where k = ";
      List<String> literals =
          value
              ? List.of("true", "'t'", "' TRUE '", "'y'", "'on'", "'1'", "true::bool", "bool 'tr'")
              : List.of("false", "'f'", "'Fal'", "'no'", "'of'", "'OFF'", "'0'", "'n'::boolean");
      for (String literal : literals) {
        check(sql + literal, Parameters.NONE, shard);
        check("insert into flags (k) values (" + literal + ")", Parameters.NONE, shard);
      }
      check(sql + "$1", bound(TypeOids.BOOLEAN, false, text(value ? "t" : "f")), shard);
      ByteBuffer one = ByteBuffer.wrap(new byte[] {(byte) (value ? 1 : 0)});
      check(sql + "$1", bound(TypeOids.BOOLEAN, true, one), shard);
      check("select * from flags where k in (" + value + ")", Parameters.NONE, shard);
    }
    check("select * from flags where k", Parameters.NONE, shard(KeyType.BOOLEAN, "true"));
    check(
        "select * from flags f where f.k and n = 1",
        Parameters.NONE,
        shard(KeyType.BOOLEAN, "true"));
    unknown("select * from flags where k = 'o'", Parameters.NONE);
    unknown("select * from flags where not k", Parameters.NONE);
    unknown("select * from flags where k or n = 1", Parameters.NONE);
  }

  @Test
  void everyNotationOfBytesLeadsToItsShard() {
    Seeded.rounds(
        53,
        200,
        random -> {
          byte[] bytes = new byte[random.nextInt(20)];
          random.nextBytes(bytes);
          String text = Key.Bytes.of(bytes).text();
          int shard = shard(KeyType.BYTEA, text);
          String sql = "select * from blobs where k = ";
          check(sql + "'" + text + "'", Parameters.NONE, shard);
          check(
              sql + "E'\\" + text.toUpperCase(Locale.ROOT).replace('X', 'x') + "'::bytea",
              Parameters.NONE,
              shard);
          check(sql + "$1", bound(0, false, text(text)), shard);
          check(sql + "$1", bound(TypeOids.BYTEA, true, ByteBuffer.wrap(bytes)), shard);
          check(sql + "any($1)", bound(1001, false, text("{\"\\" + text + "\"}")), shard);
        });
    check("select * from blobs where k = 'ab'", Parameters.NONE, shard(KeyType.BYTEA, "\\x6162"));
    unknown("select * from blobs where k = 'ab\\001'", Parameters.NONE);
    unknown("select * from blobs where k = 'ä'", Parameters.NONE);
  }

  @Test
  void blanksBehindAPaddedTextDoNotCount() {
    int shard = shard(KeyType.BPCHAR, "ab");
    for (String literal : List.of("'ab'", "'ab   '", "'ab '::bpchar", "E'ab\\x20'", "'ab'::text")) {
      check("delete from codes where k = " + literal, Parameters.NONE, shard);
    }
    for (int oid : List.of(0, 1042, TypeOids.TEXT, TypeOids.VARCHAR)) {
      check("delete from codes where k = $1", bound(oid, false, text("ab")), shard);
      check("delete from codes where k = $1", bound(oid, true, text("ab")), shard);
    }
    check("delete from codes where k = $1", bound(1042, true, text("ab    ")), shard);
    check("delete from codes where k = ' ab'", Parameters.NONE, shard(KeyType.BPCHAR, " ab"));
    // To one letter, or cut to another length, is another text.
    unknown("delete from codes where k = 'ab'::char", Parameters.NONE);
    unknown("delete from codes where k = 'abc'::char(2)", Parameters.NONE);
  }

  /** To be rounded, or compared as floats, is to be another number. */
  @Test
  void whatIsRoundedIsNotTheKey() {
    unknown("select * from amounts where k = 1.5::int", Parameters.NONE);
    unknown("select * from amounts where k = 1.5::numeric(3)", Parameters.NONE);
    unknown("select * from amounts where k = 1.5::float8", Parameters.NONE);
    unknown("select * from amounts where k = $1", bound(FLOAT8, false, text("1.5")));
    unknown("select * from amounts where k = '0x1F'", Parameters.NONE);
    assertThat(planner.plan("insert into amounts (k) values ('1_0')").route(Parameters.NONE))
        .isInstanceOfSatisfying(
            Routing.Refused.class,
            refused -> assertThat(refused.message()).contains("could not be read as numeric"));
  }
}

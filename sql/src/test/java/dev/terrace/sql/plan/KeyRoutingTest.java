package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import dev.terrace.sql.plan.Parameters.Parameter;
import dev.terrace.testkit.Seeded;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A key leads to the shard of core's placement, however it is written or bound. */
final class KeyRoutingTest {

  private static final int SHARDS = 5;

  private final StatementPlanner planner = Shop.planner(SHARDS);

  @Test
  void everyNotationOfAWholeNumberLeadsToItsShard() {
    Placement placement = new Placement.Hash(KeyType.BIGINT, SHARDS);
    Seeded.rounds(
        11,
        500,
        random -> {
          long value = random.nextBoolean() ? random.nextLong() : random.nextInt(1000) - 500;
          int shard = placement.locate(new Key.Whole(value)).shard();
          check("select * from users where id = '" + value + "'", Parameters.NONE, shard);
          check("insert into users (x, id) values (1, '" + value + "')", Parameters.NONE, shard);
          if (value != Long.MIN_VALUE) {
            check("select * from users where id = " + value, Parameters.NONE, shard);
          }
          String sql = "update users set x = $2 where id = $1";
          check(sql, bound(0, false, text(Long.toString(value))), shard);
          check(sql, bound(TypeOids.INT8, true, longBytes(value)), shard);
          check(sql, bound(0, true, longBytes(value)), shard);
          if (value == (int) value) {
            ByteBuffer four = ByteBuffer.allocate(4).putInt((int) value).flip();
            check(sql, bound(TypeOids.INT4, true, four), shard);
          }
          String any = "select * from users where id = any($1)";
          check(any, bound(1016, true, array(TypeOids.INT8, longBytes(value))), shard);
          check(any, bound(0, false, text("{" + value + "," + value + "}")), shard);
        });
  }

  @Test
  void bytesOfATypeThatTheServerMayTakeForAnotherAreNotGuessedAt() {
    Placement placement = new Placement.Hash(KeyType.BIGINT, SHARDS);
    for (long value : new long[] {7, 12, 1234, 12_345_678}) {
      int shard = placement.locate(new Key.Whole(value)).shard();
      ByteBuffer digits = text(Long.toString(value));
      // The cast by way of text has PostgreSQL take the parameter for a text.
      String byText = "select * from users where id = $1::text::bigint";
      check(byText, bound(0, true, digits), shard);
      check(byText, bound(TypeOids.INT8, true, longBytes(value)), shard);
      String twice = "select $1::text from users where id = $1::bigint";
      assertThat(planner.plan(twice).route(bound(0, true, digits))).isInstanceOf(Routing.All.class);
      check(twice, bound(0, false, digits), shard);
      check(twice, bound(TypeOids.INT8, true, longBytes(value)), shard);
      String same = "select * from users where id = $1::int8 and x = cast($1 as bigint)";
      check(same, bound(0, true, longBytes(value)), shard);
    }
    String signed = "select * from users where id = +'5'";
    assertThat(planner.plan(signed).route(Parameters.NONE)).isInstanceOf(Routing.All.class);
  }

  @Test
  void everyNotationOfATextLeadsToItsShard() {
    Placement placement = new Placement.Hash(KeyType.TEXT, SHARDS);
    Seeded.rounds(
        12,
        500,
        random -> {
          StringBuilder drawn = new StringBuilder();
          for (int i = random.nextInt(20); i >= 0; i--) {
            drawn.appendCodePoint("aZ '\\\"$;-ä€😀{},".codePoints().toArray()[random.nextInt(15)]);
          }
          String value = drawn.toString();
          int shard = placement.locate(new Key.Text(value)).shard();
          String plain = "'" + value.replace("'", "''") + "'";
          String escaped = "E'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
          check("select * from logins where email = " + plain, Parameters.NONE, shard);
          check("delete from logins where email = " + escaped, Parameters.NONE, shard);
          check("select 1 from logins where email = $q$" + value + "$q$", Parameters.NONE, shard);
          String sql = "select * from logins where email = $1";
          check(sql, bound(TypeOids.TEXT, true, text(value)), shard);
          check(sql, bound(0, false, text(value)), shard);
          String element = value.replace("\\", "\\\\").replace("\"", "\\\"");
          String array = "{\"" + element + "\",NULL}";
          check("select * from logins where email = any($1)", bound(0, false, text(array)), shard);
        });
  }

  @Test
  void everyNotationOfAUuidLeadsToItsShard() {
    Placement placement = new Placement.Hash(KeyType.UUID, SHARDS);
    Seeded.rounds(
        13,
        300,
        random -> {
          UUID value = new UUID(random.nextLong(), random.nextLong());
          int shard = placement.locate(new Key.Uuid(value)).shard();
          String sql = "select * from devices where device = ";
          check(sql + "'" + value + "'", Parameters.NONE, shard);
          check(sql + "'{" + value + "}'::uuid", Parameters.NONE, shard);
          check(sql + "'" + value.toString().replace("-", "") + "'", Parameters.NONE, shard);
          ByteBuffer bytes =
              ByteBuffer.allocate(16)
                  .putLong(value.getMostSignificantBits())
                  .putLong(value.getLeastSignificantBits())
                  .flip();
          check(sql + "$1", bound(TypeOids.UUID, true, bytes), shard);
          check(sql + "$1", bound(0, false, text(value.toString())), shard);
        });
  }

  @Test
  void everyNotationOfADayLeadsToItsShard() {
    Placement placement =
        Placement.Range.inTurn(
            KeyType.DATE,
            SHARDS,
            List.of(KeyType.DATE.parse("2026-01-01"), KeyType.DATE.parse("2026-07-01")));
    Seeded.rounds(
        14,
        300,
        random -> {
          LocalDate value = LocalDate.of(2025, 6, 1).plusDays(random.nextInt(600));
          int shard = placement.locate(new Key.Day(value)).shard();
          String sql = "select * from events where day = ";
          check(sql + "date '" + value + "'", Parameters.NONE, shard);
          int days = (int) ChronoUnit.DAYS.between(LocalDate.of(2000, 1, 1), value);
          ByteBuffer bytes = ByteBuffer.allocate(4).putInt(days).flip();
          check(sql + "$1", bound(TypeOids.DATE, true, bytes), shard);
          check(sql + "$1", bound(0, false, text(value.toString())), shard);
        });
  }

  @Test
  void nullMatchesNoRowAndIsNoKey() {
    Plan read = planner.plan("select * from users where id = $1");
    assertThat(read.route(bound(0, false, null))).isInstanceOf(Routing.One.class);
    Plan insert = planner.plan("insert into users (id) values ($1)");
    assertThat(insert.route(bound(0, false, null)))
        .isInstanceOfSatisfying(
            Routing.Refused.class, r -> assertThat(r.sqlState()).isEqualTo("23502"));
  }

  @Test
  void aValueOfAnotherTypeIsNeverGuessed() {
    Plan insert = planner.plan("insert into users (id) values ($1)");
    assertThat(insert.route(bound(701, true, longBytes(1)))).isInstanceOf(Routing.Refused.class);
    assertThat(insert.route(bound(0, true, text("abc")))).isInstanceOf(Routing.Refused.class);
    assertThat(insert.route(bound(0, false, text("4x")))).isInstanceOf(Routing.Refused.class);
    assertThat(insert.route(Parameters.NONE)).isInstanceOf(Routing.Refused.class);
  }

  @Test
  void statementsThatDifferInConstantsShareAPlanButNotAShard() {
    Placement placement = new Placement.Hash(KeyType.BIGINT, SHARDS);
    for (long value = 0; value < 50; value++) {
      int shard = placement.locate(new Key.Whole(value)).shard();
      check(
          "select * from users where id in (" + value + ", " + value + ")", Parameters.NONE, shard);
      String longer = "(" + value + ", " + value + ", " + value + ") and x = 3 and id = " + value;
      check("select * from users where id in " + longer, Parameters.NONE, shard);
    }
  }

  private void check(String sql, Parameters parameters, int shard) {
    Routing routing = planner.plan(sql).route(parameters);
    assertThat(routing)
        .as(sql)
        .isInstanceOfSatisfying(
            Routing.One.class, one -> assertThat(one.shard()).as(sql).isEqualTo(shard));
  }

  private static ByteBuffer text(String value) {
    return ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8));
  }

  private static ByteBuffer longBytes(long value) {
    return ByteBuffer.allocate(8).putLong(value).flip();
  }

  private static ByteBuffer array(int oid, ByteBuffer element) {
    return ByteBuffer.allocate(28 + element.remaining())
        .putInt(1)
        .putInt(1)
        .putInt(oid)
        .putInt(2)
        .putInt(1)
        .putInt(-1)
        .putInt(element.remaining())
        .put(element)
        .flip();
  }

  private static Parameters bound(int oid, boolean binary, @Nullable ByteBuffer value) {
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
}

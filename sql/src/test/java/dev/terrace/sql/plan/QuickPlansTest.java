package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is read in one pass over the bytes goes where the lexer and the parser would send it. */
final class QuickPlansTest {

  private static final List<String> PIECES =
      List.of(
          "select ",
          "name",
          " from ",
          "users",
          " where ",
          "id",
          " = ",
          "user_id",
          "orders",
          " and ",
          " in (",
          ")",
          "(",
          ",",
          "1",
          "42",
          "4711",
          "-",
          "-3",
          "1.5",
          ".5",
          "1e5",
          "0x1F",
          "1_0",
          "'a'",
          "'it''s'",
          "'é'",
          "E'\\n'",
          "'a' 'b'",
          "'a'\n'b'",
          "\"id\"",
          "\"a\"\"1\"",
          "$1",
          "$2",
          "$$x$$",
          "$t$1$t$",
          "--x\n",
          "/* 1 */",
          "::int",
          ";",
          " ",
          "\n",
          "\t",
          "a1",
          "a$1",
          "/",
          "*",
          "limit ",
          "insert into users (id, name) values ",
          "update users set name = ",
          "U&'x'",
          "b'1'",
          ".",
          "..",
          "users.id",
          "or ",
          "\0",
          "\u0001",
          "é1",
          "interval '1 day'",
          " between ");

  private final StatementPlanner planner = Shop.planner(3);
  private final QuickPlans quick = new QuickPlans();

  private List<Plan> quickly(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, quick.room(bytes.length), 0, bytes.length);
    return quick.planAll(planner, bytes.length);
  }

  @Test
  void statementsThatDifferInTheirConstantsGoWhereTheyShould() {
    for (int id = 0; id < 1000; id++) {
      String sql = "select name from users where id = " + id + ";";
      Plan plan = quickly(sql).getFirst();
      Routing asked = planner.planAll(sql).getFirst().explain(Parameters.NONE);
      assertThat(shard(plan)).as(sql).isEqualTo(((Routing.One) asked).shard());
      assertThat(plan.sql()).isEqualTo(sql.substring(0, sql.length() - 1));
    }
  }

  private static int shard(Plan plan) {
    return ((Routing.One) plan.route(Parameters.NONE)).shard();
  }

  @Test
  void randomTextsArePlannedAsTheLexerWould() {
    SplittableRandom random = new SplittableRandom(20261128);
    int alike = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text =
          new StringBuilder(random.nextBoolean() ? "select name from users where id = " : "");
      for (int n = random.nextInt(8); n > 0; n--) {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      String sql = text.toString();
      List<Plan> plans = quickly(sql);
      List<Plan> expected = planner.planAll(sql);
      assertThat(plans).as(sql).hasSameSizeAs(expected);
      for (int p = 0; p < plans.size(); p++) {
        assertSame(sql, plans.get(p), expected.get(p));
        alike += plans.get(p).route(Parameters.NONE) instanceof Routing.One ? 1 : 0;
      }
    }
    assertThat(alike).isGreaterThan(1000);
  }

  private static void assertSame(String sql, Plan plan, Plan expected) {
    assertThat(plan.kind()).as(sql).isEqualTo(expected.kind());
    assertThat(plan.readOnly()).as(sql).isEqualTo(expected.readOnly());
    assertThat(plan.tables()).as(sql).isEqualTo(expected.tables());
    Routing routing = plan.route(Parameters.NONE);
    Routing wanted = expected.explain(Parameters.NONE);
    if (routing instanceof Routing.One one && wanted instanceof Routing.One sure) {
      assertThat(one.shard()).as(sql).isEqualTo(sure.shard());
      assertThat(one.readOnly()).as(sql).isEqualTo(sure.readOnly());
    } else if (routing instanceof Routing.Refused refused
        && wanted instanceof Routing.Refused sure) {
      // What it says may quote the constants of the statement that was met first.
      assertThat(refused.sqlState()).as(sql).isEqualTo(sure.sqlState());
    } else {
      assertThat(told(routing)).as(sql).isEqualTo(told(wanted));
    }
  }

  /** A routing as it is told, with what would be sent. */
  private static String told(Routing routing) {
    return switch (routing) {
      case Routing.All all -> "all " + all.readOnly() + all.reason() + all.gather().told();
      case Routing.Some some ->
          some.shards() + " " + some.readOnly() + some.reason() + some.gather().told();
      default -> routing.toString();
    };
  }
}

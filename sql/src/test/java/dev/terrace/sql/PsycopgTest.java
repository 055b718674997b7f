package dev.terrace.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Python's drivers, over libpq, need no change. */
final class PsycopgTest extends FrontTest {

  private static final String PYTHON = "/usr/bin/python3";

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.over(TestFront.sharedCluster(), "");
  }

  /** What both drivers have in common. */
  private static final String BASICS =
      """
      import DRIVER, sys
      port = sys.argv[1]
      def connect():
          return DRIVER.connect(
              f"host=127.0.0.1 port={port} dbname=shop user=shop password=shop connect_timeout=10")
      c = connect()
      cur = c.cursor()
      for user in range(1, 40):
          cur.execute("select id, name from users where id = %s", (user,))
          assert cur.fetchone()[0] == user
      c.commit()
      cur.execute("select count(*) from users")
      assert cur.fetchone()[0] == 300
      cur.execute("select id from users order by id desc limit 3")
      assert [r[0] for r in cur.fetchall()] == [300, 299, 298]
      c.commit()
      cur.executemany("insert into notes (id, body) values (%s, %s)",
                      [(71000000 + i, f"py {i} 'ä'") for i in range(20)])
      c.rollback()
      cur.executemany("insert into notes (id, body) values (%s, %s)",
                      [(71000000 + i, f"py {i} 'ä'") for i in range(20)])
      c.commit()
      cur.execute("select count(*), max(body) from notes where id >= 71000000 and id < 71000020")
      assert cur.fetchone() == (20, "py 9 'ä'"), cur
      try:
          cur.execute("select no_such_column from users where id = 1")
          assert False
      except DRIVER.Error as e:
          assert (getattr(e, "sqlstate", None) or e.pgcode) == "42703", e
      c.rollback()
      cur.execute("delete from notes where id >= 71000000 and id < 71000020")
      assert cur.rowcount == 20
      c.commit()
      """;

  private static final String PSYCOPG2 =
      """
      import io
      cur.copy_expert("copy notes (id, body) from stdin",
                      io.StringIO("".join(f"{71000000 + i}\\tcopied\\n" for i in range(30))))
      c.commit()
      out = io.StringIO()
      cur.copy_expert("copy notes (id, body) to stdout", out)
      assert out.getvalue().count("copied") == 30
      cur.execute("delete from notes where id >= 71000000 and id < 71000030")
      c.commit()
      named = c.cursor("of_one_shard")
      named.itersize = 2
      named.execute("select g from users, generate_series(1, 9) g where id = 7")
      assert [r[0] for r in named] == list(range(1, 10))
      c.rollback()
      c.autocommit = True
      cur.execute("set statement_timeout = '200ms'")
      try:
          cur.execute("select pg_sleep(20) from users where id = 1")
          assert False
      except DRIVER.Error as e:
          assert e.pgcode == "57014"
      print("fine")
      """;

  private static final String PSYCOPG3 =
      """
      c.prepare_threshold = 1
      for i in range(1, 60):
          assert c.execute("select name from users where id = %s", (i,)).fetchone()
      c.commit()
      with c.pipeline():
          got = [c.execute("select id from users where id = %s", (i,)) for i in range(1, 30)]
      assert [g.fetchone()[0] for g in got] == list(range(1, 30))
      c.commit()
      with cur.copy("copy notes (id, body) from stdin") as copy:
          for i in range(30):
              copy.write_row((71000000 + i, "copied"))
      c.commit()
      binary = c.cursor(binary=True)
      binary.execute("select id, body from notes where id >= 71000000 and id < 71000030 order by id")
      assert [r[0] for r in binary.fetchall()] == [71000000 + i for i in range(30)]
      cur.execute("delete from notes where id >= 71000000 and id < 71000030")
      c.commit()
      print("fine")
      """;

  @ParameterizedTest
  @ValueSource(strings = {"psycopg2", "psycopg"})
  void aProgramWorksUnchanged(String driver) throws Exception {
    Assumptions.assumeTrue(run("import " + driver).isEmpty(), () -> driver + " is not installed");
    String program = BASICS + (driver.equals("psycopg2") ? PSYCOPG2 : PSYCOPG3);
    assertThat(run(program.replace("DRIVER", driver), Integer.toString(front.port())))
        .isEqualTo("fine\n");
  }

  private static String run(String program, String... arguments) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(PYTHON, "-c", program);
    builder.command().addAll(java.util.List.of(arguments));
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output;
  }
}

package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.Wire.message;
import static dev.terrace.sql.Wire.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** Long answers, COPY, and pipelines as no driver sends them. */
final class StreamsTest extends FrontTest {

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.over(TestFront.sharedCluster(), "");
  }

  private static byte[] query(String sql) {
    return message('Q', text(sql));
  }

  private static byte[] parse(String name, String sql) {
    return message('P', text(name), text(sql), new byte[2]);
  }

  private static byte[] bindAndExecute(String name) {
    byte[] bind = message('B', text(""), text(name), new byte[6]);
    byte[] execute = message('E', text(""), new byte[4]);
    return ByteBuffer.allocate(bind.length + execute.length).put(bind).put(execute).array();
  }

  private static byte[] sync() {
    return message('S');
  }

  @Test
  void aHundredThousandRowsComeWhole() throws Exception {
    try (Connection connection = front.connect();
        Statement select = connection.createStatement();
        ResultSet rows =
            select.executeQuery(
                "select g, repeat('x', 50) from users, generate_series(1, 100000) g where id = 1")) {
      int count = 0;
      while (rows.next()) {
        count++;
        assertThat(rows.getInt(1)).isEqualTo(count);
      }
      assertThat(count).isEqualTo(100_000);
    }
  }

  @Test
  void aSlowReaderHoldsTheServerUpAndNotOurMemory() throws Exception {
    for (String from :
        new String[] {
          "from users, generate_series(1, 15000) g where id = 1",
          "from users, generate_series(1, 50) g"
        }) {
      try (RawClient slow = Wire.loggedIn(front.port(), "shop", "shop")) {
        long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        slow.send(query("select repeat('x', 3000) " + from));
        Await.until("it runs", () -> front.inFlight() > 0);
        long most = 0;
        long deadline = System.nanoTime() + 500_000_000L;
        while (System.nanoTime() < deadline) {
          most =
              Math.max(most, PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before);
          Thread.onSpinWait();
        }
        assertThat(most).isLessThan(16L << 20);
        assertThat(slow.readUntil("Z\0\0\0\u0005I")).hasSizeGreaterThan(44_000_000);
      }
    }
  }

  @Test
  void copyPassesBothWays() throws Exception {
    try (Connection connection = front.connect()) {
      CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
      StringWriter out = new StringWriter();
      copy.copyOut("copy (select id from users where id = 3) to stdout", out);
      assertThat(out.toString()).isEqualTo("3\n");
      String one = "/* terrace: shard=0 */ copy loose from stdin";
      TestFront.run(connection, "/* terrace: shard=0 */ create table loose (a int)");
      try {
        assertThat(copy.copyIn(one, new StringReader("1\n2\n3\n"))).isEqualTo(3);
        assertThatThrownBy(() -> copy.copyIn(one, new StringReader("1\nnonsense\n")))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22P02"));
        assertThat(ask(connection, "/* terrace: shard=0 */ select count(*) from loose"))
            .isEqualTo("3");
      } finally {
        TestFront.run(connection, "/* terrace: shard=0 */ drop table loose");
      }
    }
  }

  @Test
  void anErrorSkipsTheRestOfItsPipelineAndNoMore() throws Exception {
    try (RawClient client = Wire.loggedIn(front.port(), "shop", "shop")) {
      client.send(parse("", "select 7 from users where id = 1"));
      client.send(bindAndExecute(""));
      client.send(parse("", "select nonsense from users where id = 1"));
      client.send(bindAndExecute(""));
      client.send(bindAndExecute(""));
      client.send(sync());
      client.send(parse("later", "select 8 from users where id = 1"));
      client.send(bindAndExecute("later"));
      client.send(sync());
      client.send(query("select 9"));
      String first = client.readUntil("Z\0\0\0\u0005I");
      assertThat(first).contains("SELECT 1", "42703").containsOnlyOnce("42703");
      String second = client.readUntil("Z\0\0\0\u0005I");
      assertThat(second).startsWith("1").contains("8").doesNotContain("E\0");
      assertThat(client.readUntil("Z\0\0\0\u0005I")).contains("9");
    }
  }

  @Test
  void aPipelineMayReadAndWriteOnSeveralShards() throws Exception {
    try (RawClient client = Wire.loggedIn(front.port(), "shop", "shop")) {
      for (int user = 1; user <= 6; user++) {
        client.send(parse("", "select name from users where id = " + user));
        client.send(bindAndExecute(""));
      }
      client.send(sync());
      assertThat(client.readUntil("Z\0\0\0\u0005I").split("SELECT 1", -1)).hasSize(7);
      for (int id = 1; id <= 6; id++) {
        client.send(
            parse("", "insert into notes (id, body) values (" + (6_000_000 + id) + ", 'pipe')"));
        client.send(bindAndExecute(""));
      }
      client.send(sync());
      assertThat(client.readUntil("Z\0\0\0\u0005I").split("INSERT 0 1", -1)).hasSize(7);
      assertThat(front.shardsWith("notes", "body = 'pipe'")).isEqualTo("01");
      for (int id : new int[] {11, 12, 13, 14, 15, 16, 1}) {
        client.send(
            parse("", "insert into notes (id, body) values (" + (6_000_000 + id) + ", 'undone')"));
        client.send(bindAndExecute(""));
      }
      client.send(sync());
      assertThat(client.readUntil("Z\0\0\0\u0005I")).contains("23505");
    }
    assertThat(front.shardsWith("notes", "body = 'undone'")).isEmpty();
  }

  @Test
  void beginAndItsFirstStatementMayComeInOnePipeline() throws Exception {
    try (RawClient client = Wire.loggedIn(front.port(), "shop", "shop")) {
      client.send(parse("", "begin"));
      client.send(bindAndExecute(""));
      client.send(parse("", "insert into notes (id, body) values (6100001, 'gone')"));
      client.send(bindAndExecute(""));
      client.send(sync());
      assertThat(client.readUntil("Z\0\0\0\u0005T")).contains("BEGIN", "INSERT 0 1");
      client.send(query("rollback"));
      assertThat(client.readUntil("Z\0\0\0\u0005I")).contains("ROLLBACK");
      client.send(query("begin"));
      assertThat(client.readUntil("Z\0\0\0\u0005T")).contains("BEGIN");
      client.send(query("commit"));
      assertThat(client.readUntil("Z\0\0\0\u0005I")).contains("COMMIT");
      client.send(query("commit"));
      assertThat(client.readUntil("Z\0\0\0\u0005I")).contains("25P01", "COMMIT");
      client.send(query(""));
      assertThat(client.readUntil("Z\0\0\0\u0005I")).startsWith("I");
    }
    assertThat(front.shardsWith("notes", "id = 6100001")).isEmpty();
  }

  @Test
  void describeAndFlushAnswerBeforeTheSync() throws Exception {
    try (RawClient client = Wire.loggedIn(front.port(), "shop", "shop")) {
      client.send(parse("s", "select name from users where id = $1"));
      client.send(message('D', new byte[] {'S'}, text("s")));
      client.send(message('H'));
      assertThat(client.readUntil("name")).startsWith("1").contains("t");
      client.send(
          message(
              'B',
              text(""),
              text("s"),
              ByteBuffer.allocate(9)
                  .putShort((short) 0)
                  .putShort((short) 1)
                  .putInt(1)
                  .put((byte) '2')
                  .array(),
              new byte[2]));
      client.send(message('E', text(""), new byte[4]));
      client.send(message('C', new byte[] {'S'}, text("s")));
      client.send(sync());
      assertThat(client.readUntil("Z\0\0\0\u0005I")).contains("SELECT 1");
      client.send(bindAndExecute("s"));
      client.send(sync());
      assertThat(client.readUntil("Z\0\0\0\u0005I")).contains("26000");
    }
  }
}

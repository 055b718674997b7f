package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.Wire.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What clients send in one go, and waits in Terrace for a server, counts as their users' memory.
 */
final class PipelineMemoryTest extends FrontTest {

  private static final int MAX = 512 << 10;
  private static final byte[] SYNC = Wire.message('S');

  @BeforeAll
  static void start() throws Exception {
    front =
        TestFront.over(
            TestFront.sharedCluster(),
            "users: {ann: {password: a, max-memory: 512KB}, bob: {password: b}},"
                + " max-server-connections: 1, acquire-timeout: 1m",
            "{from: primary}",
            2);
  }

  @AfterEach
  void allIsGivenBack() {
    Await.until("all is given back", () -> kept("ann") == 0 && kept("bob") == 0);
  }

  private static double kept(String user) {
    return front.level(Metric.SQL_USER_MEMORY, user);
  }

  private static RawClient ann() throws Exception {
    return Wire.loggedIn(front.port(), "ann", "a");
  }

  private static byte[] parse(String name, String sql) {
    return Wire.message('P', text(name), text(sql), new byte[2]);
  }

  /** A Bind of one parameter of that length. */
  private static byte[] bind(String portal, String statement, int length) {
    byte[] value = "7".repeat(length).getBytes(StandardCharsets.US_ASCII);
    return Wire.message(
        'B',
        text(portal),
        text(statement),
        ByteBuffer.allocate(8).putShort((short) 0).putShort((short) 1).putInt(length).array(),
        value,
        new byte[2]);
  }

  private static byte[] execute(String portal) {
    return Wire.message('E', text(portal), new byte[4]);
  }

  private static byte[] together(byte[]... messages) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] message : messages) {
      all.writeBytes(message);
    }
    return all.toByteArray();
  }

  /** Has the only connection to shard 0 until its transaction ends. */
  private static Connection busy() throws SQLException {
    Connection bob = front.connect("bob", "b", "");
    bob.setAutoCommit(false);
    assertServed(bob);
    return bob;
  }

  private static void assertServed(Connection bob) throws SQLException {
    assertThat(ask(bob, "/* terrace: shard=0 */ select 'served'")).isEqualTo("served");
  }

  @Test
  void statementsThatReplaceEachOtherCountWhileTheyWait() throws Exception {
    try (Connection bob = busy();
        RawClient ann = ann()) {
      for (int i = 0; i < 8; i++) {
        ann.send(parse("", "select '" + "x".repeat(MAX / 7) + "', " + i));
      }
      ann.send(SYNC);
      assertThat(ann.readUntil("Z\0\0\0\u0005I")).contains("C53200\0", "max-memory");
      assertThat(kept("ann")).as("none is left").isZero();
      assertServed(bob);
      bob.rollback();
      ann.send(
          together(
              parse("", "/* terrace: shard=0 */ select 5"),
              Wire.message('B', text(""), text(""), new byte[6]),
              execute(""),
              SYNC));
      assertThat(ann.readUntil("Z\0\0\0\u0005I")).contains("SELECT 1");
    }
  }

  @Test
  void whoSendsOnWhileItWaitsIsNotReadFrom() throws Exception {
    byte[] one =
        together(
            parse("", "/* terrace: shard=0 */ select length($1)"),
            bind("", "", 100_000),
            execute(""),
            SYNC);
    int rounds = 300;
    AtomicInteger sent = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Connection bob = busy();
        RawClient ann = ann();
        RawClient second = ann()) {
      Future<?> sending =
          threads.submit(() -> {
            for (int i = 0; i < rounds; i++) {
              ann.send(one);
              sent.incrementAndGet();
            }
            return null;
          });
      Await.until("something waits", () -> kept("ann") > 0);
      second.send(one);
      assertServed(bob);
      Await.until("it is stopped", () -> sent.get() > 3 && stands(sent, bob));
      assertThat(kept("ann")).isBetween(90_000.0, (double) MAX);
      assertThat(sending.isDone()).isFalse();
      assertServed(bob);
      bob.rollback();
      for (int i = 0; i < rounds; i++) {
        assertThat(ann.readUntil("Z\0\0\0\u0005I")).contains("100000", "SELECT 1");
      }
      assertThat(second.readUntil("Z\0\0\0\u0005I")).contains("100000", "SELECT 1");
      sending.get();
    }
  }

  /** Whether the count does not grow while another client is served a few times. */
  private static boolean stands(AtomicInteger count, Connection bob) {
    int before = count.get();
    try {
      for (int i = 0; i < 100; i++) {
        assertServed(bob);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return count.get() == before;
  }

  @Test
  void aMessageThatCannotBeHeldIsRefused() throws Exception {
    try (Connection bob = busy()) {
      try (RawClient ann = ann()) {
        ann.send(together(parse("", "select length($1)"), bind("", "", 3 * MAX), SYNC));
        assertThat(ann.readAll()).contains("SFATAL\0", "C53200\0", "max-memory");
      }
      assertServed(bob);
    }
    try (RawClient ann = ann()) {
      ann.send(
          together(
              parse("", "/* terrace: shard=0 */ select length($1)"),
              bind("", "", MAX / 2),
              execute(""),
              SYNC));
      assertThat(ann.readUntil("Z\0\0\0\u0005I")).contains(Integer.toString(MAX / 2), "SELECT 1");
    }
  }

  @Test
  void portalsOfSeveralShardsCountWhileTheyAreNotRun() throws Exception {
    try (RawClient ann = ann()) {
      ann.send(parse("s", "select id from users where name = $1"));
      for (int i = 0; i < 8; i++) {
        ann.send(bind("p" + i, "s", MAX / 7));
      }
      ann.send(SYNC);
      assertThat(ann.readUntil("Z\0\0\0\u0005I")).contains("C53200\0", "max-memory");
      ann.send(together(bind("p", "s", MAX / 7), execute("p"), SYNC));
      assertThat(ann.readUntil("Z\0\0\0\u0005I")).contains("SELECT 0");
    }
  }
}

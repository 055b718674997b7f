package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.Wire.startup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may in, and what happens to clients that do not speak the protocol. */
final class LoginTest {

  private static final long SEED = 99;
  private static TestFront front;

  @BeforeAll
  static void start() throws Exception {
    front =
        TestFront.over(
            TestFront.sharedCluster(),
            "users: {ann: {password: pencil}, shop: {password: shop}}, login-timeout: 1s");
  }

  @AfterAll
  static void stop() {
    front.close();
  }

  private static void refused(String user, String password, String state) {
    assertThatThrownBy(() -> front.connect(user, password, ""))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
  }

  @Test
  void onlyTheRightPasswordOpens() throws Exception {
    try (Connection ann = front.connect("ann", "pencil", "")) {
      assertThat(ask(ann, "select 1")).isEqualTo("1");
    }
    refused("ann", "wrong", "28P01");
    refused("bob", "pencil", "28P01");
  }

  @Test
  void anUnknownDatabaseIsRefused() {
    assertThatThrownBy(() ->
            java.sql.DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + front.port() + "/nowhere", "ann", "pencil"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("3D000"));
  }

  @Test
  void newerMinorVersionsAndUnknownOptionsAreNegotiatedDown() throws IOException {
    try (RawClient client = RawClient.connect(front.port())) {
      client.send(startup(3 << 16 | 9, "user\0ann\0_pq_.novelty\0on\0"));
      assertThat(client.readUntil("SCRAM-SHA-256"))
          .startsWith("v\0\0\0\u0019\0\u0003\0\u0002\0\0\0\u0001_pq_.novelty\0");
    }
    try (RawClient client = RawClient.connect(front.port())) {
      client.send(startup(3 << 16 | 2, "user\0ann\0"));
      assertThat(client.readUntil("SCRAM-SHA-256")).startsWith("R");
    }
  }

  /** The cancel key that a client is told: process and secret. */
  private static byte[] keyOf(RawClient client, int minor) throws Exception {
    client.send(startup(3 << 16 | minor, "user\0ann\0database\0shop\0"));
    Wire.logIn(client, "pencil");
    int length = minor >= 2 ? 4 + 4 + 32 : 4 + 4 + 4;
    client.readUntil("K\0\0\0" + (char) length);
    byte[] key = client.read(length - 4);
    client.readUntil("Z\0\0\0\u0005I");
    return key;
  }

  private static void cancel(byte[] key) throws IOException {
    try (RawClient client = RawClient.connect(front.port())) {
      client.send(
          ByteBuffer.allocate(8 + key.length)
              .putInt(8 + key.length)
              .putInt(1234 << 16 | 5678)
              .put(key)
              .array());
      assertThat(client.readAll()).isEmpty();
    }
  }

  @Test
  void cancelKeysAreAsLongAsTheProtocolHasThem() throws Exception {
    for (int minor : new int[] {0, 2}) {
      try (RawClient client = RawClient.connect(front.port())) {
        byte[] key = keyOf(client, minor);
        client.send(
            Wire.message(
                'Q',
                "select pg_sleep(30) from users where id = 1\0".getBytes(StandardCharsets.UTF_8)));
        Await.until("it runs", () -> front.inFlight() == 1);
        byte[] wrong = key.clone();
        wrong[key.length - 1] ^= 1;
        cancel(wrong);
        cancel(ByteBuffer.allocate(260).put(key).array());
        assertThat(front.inFlight()).isOne();
        cancel(key);
        assertThat(client.readUntil("Z\0\0\0\u0005I")).contains("57014");
      }
    }
  }

  @Test
  void replicationConnectionsAreRefusedClearly() throws Exception {
    try (RawClient client = RawClient.connect(front.port())) {
      client.send(startup(3 << 16, "user\0ann\0database\0shop\0replication\0database\0"));
      Wire.logIn(client, "pencil");
      assertThat(client.readAll()).contains("0A000", "replication connections are not supported");
    }
  }

  @Test
  void otherVersionsAreRefused() throws IOException {
    try (RawClient client = RawClient.connect(front.port())) {
      client.send(startup(2 << 16, "user\0ann\0"));
      assertThat(client.readUntil("supports 3.0 to 3.2")).contains("08P01");
    }
  }

  @Test
  void whoDoesNotLogInIsSentAway() throws IOException {
    try (RawClient client = RawClient.connect(front.port())) {
      assertThat(client.readUntil("due to timeout")).contains("FATAL");
    }
  }

  @Test
  void garbageAtAnyStageDisturbsNobody() throws Exception {
    Random random = new Random(SEED);
    try (Connection witness = front.connect("ann", "pencil", "")) {
      for (int round = 0; round < 150; round++) {
        byte[] garbage = new byte[random.nextInt(5, 200)];
        random.nextBytes(garbage);
        try (RawClient client = RawClient.connect(front.port())) {
          if (round % 3 > 0) {
            client.send(startup(3 << 16, "user\0ann\0database\0shop\0"));
            client.readUntil("SCRAM-SHA-256");
          }
          if (round % 3 > 1) {
            garbage[0] = 'p';
            garbage[1] = 0;
            garbage[2] = 0;
          }
          client.send(garbage);
        }
        if (round % 30 == 0) {
          assertThat(ask(witness, "select id from users where id = 1")).isEqualTo("1");
        }
      }
      for (int round = 0; round < 60; round++) {
        byte[] garbage = new byte[random.nextInt(5, 100)];
        random.nextBytes(garbage);
        garbage[0] = (byte) "QPBDECSHFdcfp".charAt(random.nextInt(13));
        garbage[1] = 0;
        garbage[2] = 0;
        garbage[3] = 0;
        garbage[4] = (byte) (garbage.length - 1);
        try (RawClient client = Wire.loggedIn(front.port(), "ann", "pencil")) {
          client.send(garbage);
          client.send(new byte[] {'S', 0, 0, 0, 4, 'S', 0, 0, 0, 4});
        }
        if (round % 20 == 0) {
          assertThat(ask(witness, "select id from users where id = 2")).isEqualTo("2");
        }
      }
      assertThat(ask(witness, "select id from users where id = 3")).isEqualTo("3");
    }
    Await.until("nothing is in hand", () -> front.inFlight() == 0);
    assertThat(front.signals.counter(Metric.PROTOCOL_ERRORS, "sql").value()).isPositive();
  }

  @Test
  void aMessageTooLongIsRefused() throws Exception {
    try (TestFront small = TestFront.over(front.cluster(), "max-message: 1KB")) {
      try (Connection connection = small.connect()) {
        assertThatThrownBy(() -> ask(connection, "select '" + "x".repeat(2000) + "'"))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("longer than");
      }
    }
  }

  @Test
  void psqlAndPgbenchWork() throws Exception {
    assertThat(Wire.program(front.port(), "psql", "-Atc", "select id from users where id = 4"))
        .contains("4");
    assertThat(
            Wire.program(
                front.port(),
                "psql",
                "-Atc",
                "begin; update users set name = name where id = 5; rollback",
                "-c",
                "\\d users",
                "-c",
                "copy (select 1) to stdout"))
        .contains("ROLLBACK", "email|text", "1");
  }

  private static boolean isSentAway(Connection connection) {
    try {
      ask(connection, "select 1");
      return false;
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isIn("57P01", "08006");
      return true;
    }
  }

  @Test
  void aDrainSendsIdleClientsAwayAndLetsOthersFinish() throws Exception {
    try (TestFront drained = TestFront.over(front.cluster(), "");
        Connection idle = drained.connect();
        Connection busy = drained.connect()) {
      busy.setAutoCommit(false);
      TestFront.run(busy, "update users set name = name where id = 6");
      var done = drained.front.drain(Duration.ofSeconds(10));
      Await.until("the idle client is sent away", Duration.ofSeconds(10), () -> isSentAway(idle));
      assertThat(ask(busy, "select id from users where id = 6")).isEqualTo("6");
      busy.commit();
      done.get(5, TimeUnit.SECONDS);
    }
  }
}

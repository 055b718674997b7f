package dev.terrace.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Lookup;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import redis.clients.jedis.Jedis;

/** What the README promises of the demo, on the demo itself. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DemoTest {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Pattern PID = Pattern.compile("process (\\d+)");

  private RunningDemo demo;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    demo = new RunningDemo(folder);
  }

  @AfterAll
  void stop() {
    demo.close();
  }

  private Connection sql(int port) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/shop", "shop", "shop");
  }

  private static long count(Connection connection, String from) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from " + from)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  @Order(1)
  void saysWhatToTry() {
    Await.until("the start is told of", PATIENCE, () -> demo.output().contains("Ctrl-C"));
    assertThat(demo.output())
        .contains("[4/4]", "curl -H 'Host: shop.example'", "dig @", "psql ", "redis-cli")
        .doesNotContain("Exception");
  }

  @Test
  @Order(2)
  void aPageTravelsTheWholePath() throws IOException {
    double hitsBefore = demo.metric("terrace_kv_cache_total{collection=\"product\"");
    HttpResponse<String> page = demo.get("/products/42");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("42");
    assertThat(demo.metric("terrace_kv_cache_total{collection=\"product\""))
        .isGreaterThan(hitsBefore);
  }

  @Test
  @Order(3)
  void namesRotateOverTheEdges() throws Exception {
    SimpleResolver resolver = new SimpleResolver("127.0.0.1");
    resolver.setPort(demo.port(5300));
    Set<String> first = new HashSet<>();
    for (int i = 0; i < 6; i++) {
      Lookup lookup = new Lookup(Name.fromString("www.shop.example."), Type.A);
      lookup.setResolver(resolver);
      lookup.setCache(null);
      Record[] answer = lookup.run();
      first.add(((ARecord) answer[0]).getAddress().getHostAddress());
    }
    assertThat(first).containsExactlyInAnyOrder("127.0.0.1", "127.0.0.2", "127.0.0.3");
  }

  @Test
  @Order(4)
  void aUsersOrdersAreOnExactlyTheShardOfThePlacement() throws SQLException {
    Placement placement = new Placement.Hash(KeyType.BIGINT, 2);
    int[] primaries = {demo.port(5501), demo.port(5511)};
    try (Connection terrace = sql(demo.port(6432))) {
      for (long user = 1; user <= 20; user++) {
        int owner = placement.locate(new Key.Whole(user)).shard();
        String orders = "orders where user_id = " + user;
        try (Connection has = sql(primaries[owner]);
            Connection lacks = sql(primaries[1 - owner])) {
          assertThat(count(terrace, orders)).isEqualTo(count(has, orders));
          assertThat(count(lacks, orders)).isZero();
        }
      }
    }
  }

  @Test
  @Order(5)
  void sqlReadsAndWrites() throws SQLException {
    try (Connection terrace = sql(demo.port(6432));
        Statement statement = terrace.createStatement()) {
      int changed = statement.executeUpdate("update users set name = 'Terry Test' where id = 4242");
      assertThat(changed).isEqualTo(1);
      try (ResultSet row = statement.executeQuery("select name from users where id = 4242")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getString(1)).isEqualTo("Terry Test");
      }
    }
  }

  @Test
  @Order(6)
  void aRowIsReadFromPostgresqlOnce() throws IOException {
    try (Jedis jedis = new Jedis("127.0.0.1", demo.port(6380))) {
      assertThat(jedis.hgetAll("product:4711")).containsKeys("id", "name", "price_cents");
      double reads = demo.metric("terrace_kv_engine_reads_total");
      assertThat(jedis.hgetAll("product:4711")).containsEntry("id", "4711");
      assertThat(demo.metric("terrace_kv_engine_reads_total")).isEqualTo(reads);
    }
  }

  @Test
  @Order(7)
  void killingAShopProcessFailsNoRequestAndItComesBack() throws IOException {
    Matcher pid = PID.matcher(demo.get("/whoami").body());
    assertThat(pid.find()).isTrue();
    ProcessHandle victim = ProcessHandle.of(Long.parseLong(pid.group(1))).orElseThrow();
    List<Integer> failures = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      if (i == 50) {
        victim.destroyForcibly();
      }
      int status = demo.get(i % 2 == 0 ? "/whoami" : "/products/" + i).statusCode();
      if (status != 200) {
        failures.add(status);
      }
    }
    assertThat(failures).isEmpty();
    Await.until("one member is down", PATIENCE, () -> shopsUp() == 2);
    Await.until("all three are up again", PATIENCE, () -> shopsUp() == 3);
  }

  private int shopsUp() {
    try {
      return (int) demo.metric("terrace_pool_members{pool=\"app\",state=\"UP\"}");
    } catch (IOException e) {
      return -1;
    }
  }

  @Test
  @Order(8)
  void readsGoOnWithoutAReplica() throws Exception {
    kill(demo.port(5502));
    kill(demo.port(5512));
    try (Connection terrace = sql(demo.port(6432))) {
      for (int user = 1; user <= 50; user++) {
        assertThat(count(terrace, "orders where user_id = " + user)).isGreaterThanOrEqualTo(0);
      }
    }
    for (int product = 100; product < 120; product++) {
      assertThat(demo.get("/products/" + product).statusCode()).isEqualTo(200);
    }
  }

  private void kill(int postgresPort) throws SQLException {
    try (Connection server = sql(postgresPort);
        Statement statement = server.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")) {
      row.next();
      ProcessHandle.of(Long.parseLong(row.getString(1).strip())).orElseThrow().destroyForcibly();
    }
  }

  @Test
  @Order(9)
  void killingTheDemoLeavesNoProcessAndNoPort() throws Exception {
    Set<ProcessHandle> family = new HashSet<>(demo.process().descendants().toList());
    assertThat(family).isNotEmpty();
    demo.process().destroyForcibly().waitFor();
    Await.until(
        "all children are gone", PATIENCE, () -> family.stream().noneMatch(ProcessHandle::isAlive));
    assertThat(demo.allPorts()).noneMatch(RunningDemo::listens);
  }
}

package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Await;
import dev.terrace.testkit.SharedPostgres;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.support.caching.CacheAccessor;
import io.lettuce.core.support.caching.CacheFrontend;
import io.lettuce.core.support.caching.ClientSideCaching;
import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs and libraries that are written for Redis, and need no change. */
class KvProgramsTest {

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static KvRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = KvRig.start(SharedPostgres.get(), "");
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private record Outcome(int exit, String output) {}

  private static Outcome run(String... command) throws Exception {
    boolean installed =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
            .anyMatch(place -> Files.isExecutable(Path.of(place, command[0])));
    Assumptions.assumeTrue(installed, command[0] + " is not installed");
    Process process =
        new ProcessBuilder(List.of(command))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), output);
  }

  private static String cli(String... words) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("redis-cli", "-p", Integer.toString(rig.port())));
    command.addAll(List.of(words));
    return run(command.toArray(String[]::new)).output().strip();
  }

  @Test
  void redisCli() throws Exception {
    assertThat(cli("SET", "page:cli", "x")).isEqualTo("OK");
    assertThat(cli("-3", "HGETALL", "h:404")).isEmpty();
    assertThat(cli("--scan", "--pattern", "page:cl*")).isEqualTo("page:cli");
    assertThat(cli("INFO", "server")).contains("redis_version");
    assertThat(cli("--bigkeys")).contains("Sampled");
  }

  @Test
  void redisBenchmark() throws Exception {
    Outcome outcome =
        run(
            "redis-benchmark",
            "-p",
            Integer.toString(rig.port()),
            "-n",
            "2000",
            "-c",
            "10",
            "-q",
            "-P",
            "4",
            "-e",
            "GET",
            "page:bench");
    assertThat(outcome.exit()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("requests per second").doesNotContain("ERR");
  }

  @Test
  void ioredis() throws Exception {
    for (String file : List.of("package.json", "package-lock.json", "program.js")) {
      try (InputStream in = KvProgramsTest.class.getResourceAsStream("/node-kv/" + file)) {
        assertThat(in).as(file).isNotNull();
        Files.copy(in, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Outcome installed = run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    Assumptions.assumeTrue(
        installed.exit() == 0 || System.getenv("CI") != null,
        () -> "npm cannot install ioredis: " + installed.output());
    Outcome ran = run("node", "program.js", Integer.toString(rig.port()));
    assertThat(ran.output()).isEqualTo("fine\n");
  }

  @Test
  void lettuce() throws Exception {
    RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", rig.port()));
    try (StatefulRedisConnection<String, String> connection = client.connect();
        StatefulRedisConnection<String, String> other = client.connect()) {
      RedisCommands<String, String> c = connection.sync();
      assertThat(c.set("page:lettuce", "x")).isEqualTo("OK");
      assertThat(c.hset("h:7002", Map.of("a", "1", "b", "2"))).isEqualTo(2);
      assertThat(c.hgetall("h:7002")).containsEntry("a", "1");
      c.multi();
      c.incr("tally:7002");
      c.get("page:lettuce");
      assertThat(c.exec().stream().toList()).containsExactly(1L, "x");
      KeyScanCursor<String> page = c.scan(ScanArgs.Builder.matches("page:lett*").limit(1000));
      assertThat(page.getKeys()).containsExactly("page:lettuce");
      Map<String, String> near = new ConcurrentHashMap<>();
      try (CacheFrontend<String, String> frontend =
          ClientSideCaching.enable(
              CacheAccessor.forMap(near), connection, TrackingArgs.Builder.enabled())) {
        assertThat(frontend.get("page:lettuce")).isEqualTo("x");
        assertThat(near).containsKey("page:lettuce");
        other.sync().set("page:lettuce", "y");
        Await.until("the near cache has forgotten it", () -> !near.containsKey("page:lettuce"));
        assertThat(frontend.get("page:lettuce")).isEqualTo("y");
      }
    } finally {
      client.shutdown(0, 2, TimeUnit.SECONDS);
    }
  }
}

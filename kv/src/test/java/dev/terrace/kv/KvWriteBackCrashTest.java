package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.Seeded;
import dev.terrace.testkit.SharedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** A Terrace that is killed while it takes writes: in the end the store holds what it said. */
class KvWriteBackCrashTest {

  private static final int CLIENTS = 12;
  private static final int KEYS = 20;
  private static final int KILLS = 3;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private final PostgresCluster cluster = SharedPostgres.get();
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicLong increments = new AtomicLong();
  private final AtomicLong doubtful = new AtomicLong();

  /** One client's keys, which no other writes, and what they hold. */
  private final class Visitor {
    private final int number;
    private final Seeded random;
    private final Map<String, String> model = new TreeMap<>();
    private @Nullable String touched;
    private @Nullable String wanted;

    Visitor(int number, Seeded random) {
      this.number = number;
      this.random = random;
    }

    /** Writes until the process is gone. */
    void write(int port) {
      try (Jedis c = new Jedis("127.0.0.1", port, 20_000)) {
        resolve(c);
        while (true) {
          step(c);
          acknowledged.incrementAndGet();
        }
      } catch (JedisConnectionException | JedisDataException e) {
        // Killed.
      }
    }

    private void step(Jedis c) {
      if (random.nextInt(5) == 0) {
        doubtful.incrementAndGet();
        c.incr("bcounter:1");
        doubtful.decrementAndGet();
        increments.incrementAndGet();
        return;
      }
      String key = "/c" + number + "/" + random.nextInt(KEYS);
      touched = key;
      wanted = random.nextInt(3) == 0 ? null : "v" + random.nextLong();
      if (wanted == null) {
        assertThat(c.del("bpage:" + key)).isEqualTo(model.containsKey(key) ? 1 : 0);
        model.remove(key);
      } else {
        c.set("bpage:" + key, wanted);
        model.put(key, wanted);
      }
      touched = null;
    }

    /** The write that was not answered was made, or it was not. */
    private void resolve(Jedis c) {
      if (touched != null) {
        String now = c.get("bpage:" + touched);
        String before = model.get(touched);
        assertThat(now == null ? "gone" : now)
            .isIn(before == null ? "gone" : before, wanted == null ? "gone" : wanted);
        if (now == null) {
          model.remove(touched);
        } else {
          model.put(touched, now);
        }
        touched = null;
      }
      for (int i = 0; i < KEYS; i++) {
        String key = "/c" + number + "/" + i;
        assertThat(c.get("bpage:" + key)).as(key).isEqualTo(model.get(key));
      }
    }
  }

  private Process start(String yaml) throws IOException {
    Path file = folder.resolve("terrace.yaml");
    Files.writeString(file, yaml);
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            BackProcess.class.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static int port(Process process) throws IOException {
    BufferedReader words =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    String line = words.readLine();
    assertThat(line).startsWith("port ");
    return Integer.parseInt(line.substring(5));
  }

  @Test
  void whatAKilledTerraceAcknowledgedIsInTheStoreInTheEnd() throws Exception {
    Path journal = folder.resolve("journal");
    String yaml;
    try (KvRig rig = KvRig.start(cluster, "")) {
      yaml = BackRig.file(rig, journal, ", segment: 64KB, limit: 64MB");
    }
    Seeded.run(
        11,
        random -> {
          List<Visitor> visitors = new ArrayList<>();
          for (int i = 0; i < CLIENTS; i++) {
            visitors.add(new Visitor(i, Seeded.of(random.nextLong())));
          }
          for (int kill = 0; kill < KILLS; kill++) {
            killWhileWriting(yaml, visitors, 1000 + random.nextInt(3000));
          }
          assertThat(stored(yaml, visitors)).isEqualTo(model(visitors));
        });
  }

  private void killWhileWriting(String yaml, List<Visitor> visitors, int writes) throws Exception {
    Process process = start(yaml);
    int port = port(process);
    int enough = acknowledged.get() + writes;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (Visitor visitor : visitors) {
        all.add(threads.submit(() -> visitor.write(port)));
      }
      Await.until(
          "enough is acknowledged",
          Duration.ofSeconds(60),
          () -> acknowledged.get() >= enough || !process.isAlive());
      process.toHandle().destroyForcibly();
      for (Future<?> one : all) {
        one.get();
      }
    }
    process.waitFor();
  }

  private static Map<String, String> model(List<Visitor> visitors) {
    Map<String, String> all = new TreeMap<>();
    visitors.forEach(visitor -> all.putAll(visitor.model));
    return all;
  }

  private Map<String, String> stored(String yaml, List<Visitor> visitors) throws Exception {
    KvRig rig = KvRig.serving(yaml);
    try (Jedis c = rig.client()) {
      visitors.forEach(visitor -> visitor.resolve(c));
      assertThat(Long.parseLong(c.get("bcounter:1")))
          .isBetween(increments.get(), increments.get() + doubtful.get());
      assertThat(rig.front.back().flush(Duration.ofSeconds(20))).isTrue();
    } finally {
      rig.close();
    }
    Map<String, String> rows = new TreeMap<>();
    for (int shard = 0; shard < 2; shard++) {
      try (var connection = cluster.primary(shard).connect();
          var statement = connection.createStatement();
          var results = statement.executeQuery("SELECT path, body FROM pages")) {
        while (results.next()) {
          rows.put(results.getString(1), results.getString(2));
        }
      }
    }
    return rows;
  }
}

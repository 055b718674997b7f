package dev.terrace.bench.back;

import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Clients whose every answer is checked write to a Terrace with write-back that is killed again and
 * again, and whose database is down for a while; at the end the database must hold exactly what was
 * acknowledged.
 */
public final class WriteBackSoak {

  private static final int CLIENTS = 64;
  private static final String TABLES =
      """
      CREATE TABLE soaked (k text PRIMARY KEY, v text);
      CREATE TABLE counted (k text PRIMARY KEY, n bigint);
      """;

  private final PostgresCluster cluster;
  private final BackTerrace terrace;
  private final List<BackClient> clients = new ArrayList<>();

  private WriteBackSoak(PostgresCluster cluster, BackTerrace terrace, long seed) {
    this.cluster = cluster;
    this.terrace = terrace;
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new BackClient(i, seed));
    }
  }

  /**
   * Runs, and ends with 1 if anything was wrong.
   *
   * @param arguments kills (6 if none are given), seconds of load between them (10), seconds that
   *     the database is down (60), the journal's limit (16MB), and a seed
   */
  public static void main(String[] arguments) throws Exception {
    int kills = (int) number(arguments, 0, 6);
    long seconds = number(arguments, 1, 10);
    long outage = number(arguments, 2, 60);
    String limit = arguments.length > 3 ? arguments[3] : "16MB";
    long seed = number(arguments, 4, System.nanoTime());
    Path folder = Files.createTempDirectory("terrace-write-back");
    System.out.println("seed " + seed + ", folder " + folder);
    List<String> wrong;
    try (PostgresCluster cluster = PostgresCluster.start(PostgresSpec.of(2, 0))) {
      for (int shard = 0; shard < 2; shard++) {
        cluster.primary(shard).execute(TABLES);
      }
      try (BackTerrace terrace = new BackTerrace(folder, cluster, limit)) {
        wrong = new WriteBackSoak(cluster, terrace, seed).run(kills, seconds, outage);
      }
    }
    wrong.stream().limit(50).forEach(System.out::println);
    System.out.println(wrong.isEmpty() ? "nothing was lost" : wrong.size() + " things are wrong");
    System.exit(wrong.isEmpty() ? 0 : 1);
  }

  private static long number(String[] arguments, int at, long otherwise) {
    return arguments.length > at ? Long.parseLong(arguments[at]) : otherwise;
  }

  private List<String> run(int kills, long seconds, long outage) throws Exception {
    terrace.awaitReady();
    for (int kill = 0; kill < kills; kill++) {
      load(
          seconds,
          () -> {
            TimeUnit.SECONDS.sleep(seconds);
            terrace.kill();
          });
      terrace.restart();
      terrace.awaitReady();
    }
    if (outage > 0) {
      load(outage + 2 * seconds, () -> outage(seconds, outage));
    }
    load(seconds, () -> TimeUnit.SECONDS.sleep(seconds));
    List<String> wrong = new ArrayList<>();
    for (BackClient client : clients) {
      try (RespClient connection = new RespClient(terrace.port())) {
        client.check(connection);
      }
      wrong.addAll(client.wrong());
    }
    long start = System.nanoTime();
    terrace.stop();
    System.out.println("stopped in " + (System.nanoTime() - start) / 1_000_000 + " ms");
    compare(wrong);
    return wrong;
  }

  private void outage(long before, long seconds) throws InterruptedException {
    TimeUnit.SECONDS.sleep(before);
    for (int shard = 0; shard < 2; shard++) {
      cluster.primary(shard).stop();
    }
    System.out.println("database down, Terrace holds " + residentMb() + " MB");
    TimeUnit.SECONDS.sleep(seconds);
    System.out.println("database comes back, Terrace holds " + residentMb() + " MB");
    for (int shard = 0; shard < 2; shard++) {
      cluster.primary(shard).start();
    }
  }

  private long residentMb() {
    try {
      String[] pages =
          Files.readString(Path.of("/proc/" + terrace.pid() + "/statm")).split(" ", -1);
      return Long.parseLong(pages[1]) * 4 / 1024;
    } catch (IOException e) {
      return -1;
    }
  }

  /** What happens while clients write. */
  @FunctionalInterface
  private interface Meanwhile {
    void happens() throws Exception;
  }

  private void load(long seconds, Meanwhile meanwhile) throws Exception {
    int before = clients.stream().mapToInt(BackClient::writes).sum();
    int refusedBefore = clients.stream().mapToInt(BackClient::refused).sum();
    int[] from = clients.stream().mapToInt(c -> c.nanos().length).toArray();
    long start = System.nanoTime();
    long end = start + TimeUnit.SECONDS.toNanos(seconds);
    List<Thread> threads = new ArrayList<>();
    for (BackClient client : clients) {
      threads.add(Thread.ofVirtual().start(() -> client.write(terrace.port(), end)));
    }
    meanwhile.happens();
    for (Thread thread : threads) {
      thread.join();
    }
    long took = System.nanoTime() - start;
    int writes = clients.stream().mapToInt(BackClient::writes).sum() - before;
    int refused = clients.stream().mapToInt(BackClient::refused).sum() - refusedBefore;
    System.out.printf(
        "%d writes acknowledged, %d refused, %d/s, p99 %.1f ms%n",
        writes, refused, writes * 1_000_000_000L / took, percentile(from, 0.99) / 1e6);
  }

  private long percentile(int[] from, double part) {
    List<long[]> each = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      long[] all = clients.get(i).nanos();
      each.add(Arrays.copyOfRange(all, Math.min(from[i], all.length), all.length));
    }
    long[] sorted = each.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[(int) (sorted.length * part)];
  }

  /** The tables against what the clients know. */
  private void compare(List<String> wrong) throws SQLException {
    Map<String, String> model = new TreeMap<>();
    clients.forEach(client -> model.putAll(client.model()));
    Map<String, String> stored = new TreeMap<>();
    for (int shard = 0; shard < 2; shard++) {
      read(shard, "SELECT 's:' || k, v FROM soaked", stored);
      read(shard, "SELECT 'n:' || k, n FROM counted", stored);
    }
    model.forEach((key, value) -> {
      if (!value.equals(stored.get(key))) {
        wrong.add(key + ": the database has " + stored.get(key) + ", not " + value);
      }
    });
    stored.keySet().stream()
        .filter(key -> !model.containsKey(key))
        .forEach(key -> wrong.add(key + ": the database has it, and it was deleted"));
  }

  private void read(int shard, String query, Map<String, String> into) throws SQLException {
    try (Connection connection = cluster.primary(shard).connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        into.put(rows.getString(1), String.valueOf(rows.getString(2)));
      }
    }
  }
}

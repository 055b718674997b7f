package dev.terrace.bench.back;

import dev.terrace.app.Main;
import dev.terrace.bench.Processes;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.sandbox.PostgresCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A Terrace with write-back in a process of its own, which can be killed and started again. */
final class BackTerrace implements AutoCloseable {

  private static final int SECONDS_TO_START = 60;

  private final int port = FreePorts.one();
  private final Path file;
  private final Processes processes;
  private Process process;

  BackTerrace(Path folder, PostgresCluster cluster, String limit) throws IOException {
    file = folder.resolve("terrace.yaml");
    Files.writeString(
        file,
        """
        listen: {kv: '127.0.0.1:%d'}
        kv: {journal: {folder: journal, limit: %s, segment: 1MB}, max-waiting: 100000}
        stores:
          soak:
            engine: postgresql
            database: shop
            password: shop
            shards: [{primary: '%s'}, {primary: '%s'}]
            health: {every: 200ms, timeout: 1s}
            failover-wait: 200ms
        tables:
          soaked: {store: soak, shard: hash(k text)}
          counted: {store: soak, shard: hash(k text)}
        collections:
          s: {table: soaked, key: k, value: v, cache: {ttl: 10m, write: back}}
          n: {table: counted, key: k, value: n, shape: counter, cache: {ttl: 10m, write: back}}
        """
            .formatted(port, limit, cluster.primary(0).address(), cluster.primary(1).address()));
    processes = new Processes(folder, Map.of());
    process = started();
  }

  private Process started() throws IOException {
    return processes.startJava(List.of("-Xmx512m"), Main.class, "run", file.toString());
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  /** Ends it without notice. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  void restart() throws IOException {
    process = started();
  }

  /** Waits until it answers for both collections. */
  void awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_START);
    while (System.nanoTime() - end < 0 && process.isAlive()) {
      try (RespClient client = new RespClient(port)) {
        if (fine(client.ask("GET", "s:ready")) && fine(client.ask("GET", "n:ready"))) {
          return;
        }
      } catch (IOException e) {
        // Not yet.
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    throw new IOException("Terrace did not start; see " + processes.log());
  }

  private static boolean fine(@Nullable String answer) {
    return answer == null || !answer.startsWith("-");
  }

  /** Asks it to end, and waits until it has. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(SECONDS_TO_START, TimeUnit.SECONDS)) {
      throw new IllegalStateException("Terrace did not stop");
    }
  }

  @Override
  public void close() {
    processes.close();
  }
}

package dev.terrace.bench.sql;

import dev.terrace.bench.MeasuredTerrace;
import dev.terrace.bench.Processes;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two shards with a replica each, and the proxies in front: Terrace with reads on replicas and the
 * accounts over both shards (TPC-B-like on the first shard alone), pgbouncer with pooled
 * transactions, pgpool-II with reads on the replica and HAProxy as a relay of bytes, all three for
 * the first shard.
 */
final class SqlProxies implements AutoCloseable {

  private static final int SERVER_CONNECTIONS = 50;

  private final Path folder;
  private final PostgresCluster cluster;
  private final Processes processes;

  SqlProxies(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    this.processes = new Processes(folder, Map.of("PGPASSWORD", "shop"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    cluster =
        PostgresCluster.start(
            new PostgresSpec(
                2, 1, List.of(), "shop", "shop", "shop", 700, true, true, shard -> ""));
    for (int shard = 0; shard < 2; shard++) {
      Process made =
          processes.start(
              "pgbench",
              "-q",
              "-i",
              "-s",
              "2",
              "-h",
              "127.0.0.1",
              "-p",
              String.valueOf(cluster.primary(shard).port()),
              "-U",
              "shop",
              "shop");
      if (made.waitFor() != 0) {
        throw new IOException("pgbench made no tables, see " + processes.log());
      }
    }
    cluster.awaitReplicas();
  }

  /**
   * Starts one and waits until it listens.
   *
   * @param reads whether Terrace is for rows that only read
   */
  SqlProxy start(SqlProxyKind kind, boolean reads) throws IOException, InterruptedException {
    int port = FreePorts.one();
    return switch (kind) {
      case TERRACE -> awaited(kind, port, terrace(port, reads, "runtime: {loops: 1}"));
      case TERRACE_ALL -> awaited(kind, port, terrace(port, reads, ""));
      case TERRACE_URING ->
          awaited(kind, port, terrace(port, reads, "runtime: {loops: 1, transport: io-uring}"));
      case PGBOUNCER -> awaited(kind, port, pgbouncer(port));
      case PGPOOL -> awaited(kind, port, pgpool(port));
      case RELAY -> awaited(kind, port, relay(port));
      case DIRECT -> new SqlProxy(kind, cluster.primary(0).port(), Optional.empty());
    };
  }

  private SqlProxy awaited(SqlProxyKind kind, int port, Process process)
      throws IOException, InterruptedException {
    processes.awaitPort(port);
    return new SqlProxy(kind, port, Optional.of(process.toHandle()));
  }

  private Process terrace(int port, boolean reads, String runtime) throws IOException {
    StringBuilder yaml = new StringBuilder(runtime).append('\n');
    yaml.append("listen: {sql: '127.0.0.1:").append(port).append("'}\n");
    yaml.append("sql: {max-server-connections: ").append(SERVER_CONNECTIONS);
    yaml.append(", acquire-timeout: 30s}\nstores:\n  shop:\n    engine: postgresql\n");
    yaml.append("    database: shop\n    password: shop\n    shards:\n");
    for (int shard = 0; shard < (reads ? 2 : 1); shard++) {
      yaml.append("      - {primary: ").append(cluster.primary(shard).address());
      yaml.append(", replicas: [").append(cluster.replica(shard, 0).address()).append("]}\n");
    }
    yaml.append("tables:\n  pgbench_branches: {store: shop, shard: everywhere}\n");
    yaml.append("  pgbench_tellers: {store: shop, shard: everywhere}\n");
    yaml.append("  pgbench_history: {store: shop}\n");
    yaml.append("  pgbench_accounts: {store: shop, shard: hash(aid)}\n");
    return processes.startJava(
        List.of(),
        MeasuredTerrace.class,
        String.valueOf(FreePorts.one()),
        processes.file("terrace-" + port + ".yaml", yaml.toString()));
  }

  /** pgbouncer, which has one thread. */
  private Process pgbouncer(int port) throws IOException {
    processes.file("users", "\"shop\" \"shop\"\n");
    String ini =
        """
        [databases]
        shop = host=127.0.0.1 port=%d dbname=shop user=shop password=shop
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = %s/users
        pool_mode = transaction
        default_pool_size = %d
        max_client_conn = 2000
        ignore_startup_parameters = extra_float_digits
        log_connections = 0
        log_disconnections = 0
        """
            .formatted(cluster.primary(0).port(), port, folder, SERVER_CONNECTIONS);
    String file = processes.file("pgbouncer.ini", ini);
    // It refuses to run as root.
    return System.getProperty("user.name", "").equals("root")
        ? processes.start("pgbouncer", "-q", "-u", "nobody", file)
        : processes.start("pgbouncer", "-q", file);
  }

  /** pgpool-II, which has a process for each client. */
  private Process pgpool(int port) throws IOException {
    String conf =
        """
        listen_addresses = '127.0.0.1'
        port = %1$d
        pcp_port = %2$d
        unix_socket_directories = '%5$s'
        pcp_socket_dir = '%5$s'
        pid_file_name = '%5$s/pgpool.pid'
        logdir = '%5$s'
        backend_clustering_mode = 'streaming_replication'
        backend_hostname0 = '127.0.0.1'
        backend_port0 = %3$d
        backend_weight0 = 0
        backend_hostname1 = '127.0.0.1'
        backend_port1 = %4$d
        backend_weight1 = 1
        load_balance_mode = on
        num_init_children = %6$d
        max_pool = 1
        child_life_time = 0
        sr_check_user = 'shop'
        sr_check_password = 'shop'
        sr_check_database = 'shop'
        sr_check_period = 5
        health_check_period = 0
        enable_pool_hba = off
        allow_clear_text_frontend_auth = on
        use_watchdog = off
        log_statement = off
        """
            .formatted(
                port,
                FreePorts.one(),
                cluster.primary(0).port(),
                cluster.replica(0, 0).port(),
                folder,
                SqlProxyKind.PGPOOL_CLIENTS_MAX);
    String file = processes.file("pgpool.conf", conf);
    return processes.start("pgpool", "-n", "-f", file);
  }

  /** HAProxy on one thread, which passes on bytes. */
  private Process relay(int port) throws IOException {
    String configuration =
        """
        global
          nbthread 1
          maxconn 2000
        defaults
          mode tcp
          maxconn 2000
          timeout connect 5s
          timeout client 10m
          timeout server 10m
        listen relay
          bind 127.0.0.1:%d
          server first 127.0.0.1:%d
        """
            .formatted(port, cluster.primary(0).port());
    return processes.start("haproxy", "-db", "-f", processes.file("haproxy.cfg", configuration));
  }

  @Override
  public void close() {
    processes.close();
    cluster.close();
  }
}

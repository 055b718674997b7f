package dev.terrace.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The postgresql.conf of one server.
 *
 * @param primaryPort the port of the primary that it follows; 0 if it is one
 */
record PostgresSettings(PostgresSpec spec, String name, int port, int primaryPort) {

  void writeTo(Path data, Account account) throws IOException {
    write(data.resolve("postgresql.conf"), String.join("\n", lines()) + "\n", account);
    if (primaryPort > 0) {
      write(data.resolve("standby.signal"), "", account);
    }
  }

  private static void write(Path file, String content, Account account) throws IOException {
    Files.writeString(file, content);
    account.own(file);
  }

  private List<String> lines() {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "listen_addresses = '127.0.0.1'",
                "port = " + port,
                "unix_socket_directories = ''",
                "cluster_name = '" + name + "'",
                "max_connections = " + spec.maxConnections(),
                "max_prepared_transactions = " + spec.maxConnections(),
                "shared_buffers = 64MB",
                "password_encryption = 'scram-sha-256'",
                "timezone = 'UTC'",
                "log_timezone = 'UTC'",
                "log_line_prefix = '%m [%p] %u@%d '",
                "shared_preload_libraries = 'pg_stat_statements'",
                // In the data folder rather than /dev/shm: goes with it when all are killed.
                "dynamic_shared_memory_type = 'mmap'",
                "jit = off",
                "wal_level = 'logical'",
                "max_wal_senders = 10",
                "max_replication_slots = 10",
                "wal_keep_size = '256MB'",
                "hot_standby = on",
                "hot_standby_feedback = on",
                // A replica finds its restarted primary at once, and the primary a dead replica.
                "wal_retrieve_retry_interval = '100ms'",
                "wal_receiver_status_interval = '1s'",
                "wal_receiver_timeout = '5s'",
                "wal_sender_timeout = '5s'"));
    if (spec.disposable()) {
      lines.add("fsync = off");
      lines.add("full_page_writes = off");
    }
    if (primaryPort > 0) {
      lines.add("primary_conninfo = '" + following(spec, name, primaryPort) + "'");
    }
    return lines;
  }

  /** How a replica of that name connects to the primary at that port. */
  static String following(PostgresSpec spec, String name, int primaryPort) {
    return "host=127.0.0.1 port="
        + primaryPort
        + " user="
        + spec.user()
        + " password="
        + spec.password()
        + " application_name="
        + name.replace(' ', '_');
  }
}

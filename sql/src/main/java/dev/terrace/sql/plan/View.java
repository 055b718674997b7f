package dev.terrace.sql.plan;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A table of the schema {@code terrace} that no server has: its rows are what Terrace knows of
 * itself when it is read.
 */
public enum View {
  /** Each server of each shard, with who uses it and who waits for it. */
  POOLS(
      "store text",
      "shard int",
      "role text",
      "server text",
      "state text",
      "pool_mode text",
      "cl_active bigint",
      "cl_waiting bigint",
      "sv_active bigint",
      "sv_idle bigint",
      "sv_total bigint",
      "sv_max bigint",
      "maxwait_us bigint",
      "paused boolean",
      "mean_exec_time double precision",
      "p99_exec_time double precision"),
  /** Each client that is logged in. */
  CLIENTS(
      "pid int",
      "store text",
      "datname text",
      "usename text",
      "application_name text",
      "client_addr inet",
      "client_port int",
      "tls boolean",
      "backend_start timestamptz",
      "state text",
      "query_start timestamptz",
      "wait_us bigint",
      "shard int",
      "server text",
      "pinned boolean",
      "prepared_statements bigint",
      "queryid bigint",
      "query text"),
  /** Each connection to a server. */
  SERVERS(
      "server text",
      "datname text",
      "usename text",
      "pid int",
      "state text",
      "backend_start timestamptz",
      "tls boolean",
      "prepared_statements bigint",
      "client_pid int"),
  /** Statements that differ in their constants alone, with how often and how long they ran. */
  STATEMENTS(
      "queryid bigint",
      "store text",
      "query text",
      "calls bigint",
      "errors bigint",
      "rows bigint",
      "total_exec_time double precision",
      "mean_exec_time double precision",
      "max_exec_time double precision",
      "total_wait_time double precision"),
  /** What is kept of the results of each store. */
  CACHE(
      "store text",
      "entries bigint",
      "bytes bigint",
      "hits bigint",
      "misses bigint",
      "stale bigint",
      "evicted bigint",
      "not_kept bigint",
      "catalogue boolean"),
  /** Each shard, with its primary and what it was sent. */
  SHARDS(
      "store text",
      "shard int",
      "primary_server text",
      "state text",
      "replicas bigint",
      "replicas_up bigint",
      "statements_primary bigint",
      "statements_replica bigint",
      "paused text",
      "mean_exec_time double precision",
      "p99_exec_time double precision");

  static final String SCHEMA = "terrace";

  @SuppressWarnings("ImmutableEnumChecker") // List.of is
  private final List<String> columns;

  View(String... columns) {
    this.columns = List.of(columns);
  }

  /** The columns in order, each as name and type. */
  public List<String> columns() {
    return columns;
  }

  /** The names of its columns. */
  public List<String> names() {
    return columns.stream().map(column -> column.substring(0, column.indexOf(' '))).toList();
  }

  /** Its name without the schema. */
  public String table() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As plans name the table. */
  String path() {
    return SCHEMA + "." + table();
  }

  /** The view of that name, if the schema is the one that has them. */
  static Optional<View> find(List<String> path) {
    if (path.size() != 2 || !path.getFirst().equals(SCHEMA)) {
      return Optional.empty();
    }
    for (View view : values()) {
      if (view.table().equals(path.getLast())) {
        return Optional.of(view);
      }
    }
    return Optional.empty();
  }

  /** The views among a statement's tables. */
  static List<View> among(List<String> tables) {
    for (String table : tables) {
      if (table.startsWith(SCHEMA + ".")) {
        return List.of(values()).stream().filter(v -> tables.contains(v.path())).toList();
      }
    }
    return List.of();
  }
}

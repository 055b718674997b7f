package dev.terrace.core.signal;

import static dev.terrace.core.signal.MetricKind.COUNTER;
import static dev.terrace.core.signal.MetricKind.GAUGE;
import static dev.terrace.core.signal.MetricKind.HISTOGRAM;

import java.util.List;

/** Every metric there is, under the name that Prometheus scrapes. */
public enum Metric {
  BUILD(GAUGE, "terrace_build", "Always 1; the label tells the version.", "version"),
  START_TIME(GAUGE, "terrace_start_time_seconds", "When the process started, in Unix time."),
  READY(GAUGE, "terrace_ready", "1 when everything that the file asks for is there."),
  ADMIN_STREAMS(GAUGE, "terrace_admin_streams", "Live streams that consoles have open."),
  ADMIN_STREAMS_CUT(
      COUNTER,
      "terrace_admin_streams_cut_total",
      "Live streams refused or cut, by reason: limit or slow.",
      "reason"),
  POOL_MEMBERS(GAUGE, "terrace_pool_members", "Members of a pool by state.", "pool", "state"),
  MEMBER_UP(GAUGE, "terrace_member_up", "1 while a member takes new work.", "pool", "member"),
  MEMBER_IN_FLIGHT(
      GAUGE, "terrace_member_in_flight", "Work a member has in hand.", "pool", "member"),
  MEMBER_REQUESTS(
      COUNTER, "terrace_member_requests_total", "Work given to a member.", "pool", "member"),
  MEMBER_FAILURES(
      COUNTER, "terrace_member_failures_total", "Work a member failed.", "pool", "member"),
  POOL_EJECTIONS(
      COUNTER,
      "terrace_pool_ejections_total",
      "Members left out for a while because of the work they failed.",
      "pool"),
  HEALTH_CHECKS(
      COUNTER,
      "terrace_health_checks_total",
      "Health checks by result.",
      "pool",
      "member",
      "result"),
  HEALTH_CHECKS_RUNNING(
      GAUGE, "terrace_health_checks_running", "Health checks that wait for an answer."),
  HEALTH_CHECKS_WAITING(
      GAUGE,
      "terrace_health_checks_waiting",
      "Health checks that are due, but as many as may run at once are running."),
  DISCOVERIES(
      COUNTER,
      "terrace_discoveries_total",
      "Looks for a pool's members in DNS or a file by result: found or failed.",
      "pool",
      "result"),
  DISCOVERY_AGE(
      GAUGE,
      "terrace_discovery_age_seconds",
      "How long ago a pool's members were last found where they are looked for.",
      "pool"),
  CONNECTIONS(GAUGE, "terrace_connections", "Client connections open at a listener.", "listener"),
  CONNECTIONS_ACCEPTED(
      COUNTER, "terrace_connections_accepted_total", "Client connections accepted.", "listener"),
  CONNECTIONS_REFUSED(
      COUNTER,
      "terrace_connections_refused_total",
      "Client connections closed at once because the limit was reached.",
      "listener"),
  LISTEN_OVERFLOWS(
      GAUGE,
      "terrace_listen_overflows",
      "Connections of all processes of this machine, or container, that the kernel dropped since a"
          + " listener's backlog was full, since it started."),
  PROTOCOL_ERRORS(
      COUNTER,
      "terrace_protocol_errors_total",
      "Clients that sent what the protocol does not allow.",
      "listener"),
  TLS_HANDSHAKES(
      COUNTER,
      "terrace_tls_handshakes_total",
      "TLS handshakes with clients that succeeded, by protocol version.",
      "listener",
      "version"),
  TLS_FAILURES(
      COUNTER,
      "terrace_tls_failures_total",
      "TLS handshakes with clients that failed, by reason.",
      "listener",
      "reason"),
  TLS_CERTIFICATE_DAYS(
      GAUGE,
      "terrace_tls_certificate_days",
      "Days until a certificate expires; negative when it has.",
      "certificate"),
  TLS_FILE_CHANGES(
      COUNTER,
      "terrace_tls_file_changes_total",
      "Changed files of certificates that were read again, for listeners or for members, and"
          + " whether they are used or refused.",
      "side",
      "result"),
  ACME_ORDERS(
      COUNTER,
      "terrace_acme_orders_total",
      "Certificates asked for by ACME, by result: issued or failed.",
      "result"),
  PROXY_REFUSED(
      COUNTER,
      "terrace_proxy_protocol_refused_total",
      "Connections closed for want of a PROXY header from a trusted peer, by reason.",
      "listener",
      "reason"),
  BACKEND_CONNECTIONS(
      GAUGE,
      "terrace_backend_connections",
      "Connections to a member by use: idle or busy.",
      "pool",
      "member",
      "use"),
  DNS_QUERIES(COUNTER, "terrace_dns_queries_total", "DNS queries by answer.", "rcode"),
  DNS_FAIL_OPEN(
      COUNTER,
      "terrace_dns_fail_open_total",
      "Answers of a pool's members although none of them was healthy.",
      "pool"),
  HTTP_REQUESTS(
      COUNTER,
      "terrace_http_requests_total",
      "HTTP requests by route, pool and status class.",
      "route",
      "pool",
      "status"),
  HTTP_SECONDS(
      HISTOGRAM,
      "terrace_http_request_seconds",
      "From a request's head to the last byte of its answer.",
      "route"),
  HTTP_RETRIES(
      COUNTER,
      "terrace_http_retries_total",
      "Attempts sent to another member, by why the first failed.",
      "pool",
      "cause"),
  HTTP_RETRIES_REFUSED(
      COUNTER,
      "terrace_http_retries_refused_total",
      "Attempts that were not made because the pool's retry budget was spent.",
      "pool"),
  HTTP_HEDGES(
      COUNTER,
      "terrace_http_hedges_total",
      "Second members that were asked because the first was slow.",
      "pool"),
  HTTP_MIRRORED(
      COUNTER,
      "terrace_http_mirrored_total",
      "Copies sent to a mirror by result: answered, failed, too-slow.",
      "pool",
      "result"),
  HTTP_IN_HAND(
      GAUGE,
      "terrace_http_in_hand",
      "Requests that a pool has in hand, those that wait for a connection included.",
      "pool"),
  HTTP_PENDING(
      GAUGE, "terrace_http_pending", "Requests that wait for a connection to a member.", "pool"),
  HTTP_REJECTED(
      COUNTER,
      "terrace_http_rejected_total",
      "Requests answered by Terrace itself, by reason.",
      "reason"),
  HTTP_FLOODS(
      COUNTER,
      "terrace_http_floods_total",
      "Connections ended because a client sent too much of what makes work only, or did not read,"
          + " by kind.",
      "kind"),
  HTTP_QUIC_DROPPED(
      COUNTER,
      "terrace_http_quic_dropped_total",
      "Datagrams dropped unanswered because no client of HTTP/3 sends such ones."),
  HTTP_QUIC_RETRIES(
      COUNTER,
      "terrace_http_quic_retries_total",
      "Clients of HTTP/3 that had to prove their address first, for many handshakes were under way."),
  HTTP_RATE_LIMIT_FORGOTTEN(
      COUNTER,
      "terrace_http_rate_limit_forgotten_total",
      "Clients or values whose rate limit was forgotten before its time: max-keys is too small.",
      "route"),
  HTTP_PROTOCOLS(
      COUNTER,
      "terrace_http_protocol_requests_total",
      "HTTP requests by the client's protocol, and whether it came over TLS.",
      "protocol",
      "tls"),
  HTTP_MEMBER_TRIES(
      COUNTER,
      "terrace_http_member_tries_total",
      "Tries of requests on a member by result: status class, failure, or abandoned.",
      "pool",
      "member",
      "result"),
  HTTP_MEMBER_SECONDS(
      HISTOGRAM,
      "terrace_http_member_seconds",
      "From choosing a member to the end of its answer.",
      "pool",
      "member"),
  HTTP_MEMBER_FIRST_BYTE(
      HISTOGRAM,
      "terrace_http_member_first_byte_seconds",
      "From choosing a member to the head of its answer.",
      "pool",
      "member"),
  HTTP_ACCESS_LOG_LOST(
      COUNTER,
      "terrace_http_access_log_lost_total",
      "Lines of the access log that were lost, by reason: queue-full or unwritable.",
      "reason"),
  HTTP_COMPRESSION_BYTES(
      COUNTER,
      "terrace_http_compression_bytes_total",
      "Bytes of answers before (in) and after (out) compression.",
      "coding",
      "side"),
  HTTP_COMPRESSION_BUSY(
      COUNTER,
      "terrace_http_compression_busy_total",
      "Answers left as they were because as many as may be were being compressed."),
  HTTP_SPANS_SENT(COUNTER, "terrace_http_spans_sent_total", "Spans that the collector has taken."),
  HTTP_TRACES_LOST(
      COUNTER,
      "terrace_http_traces_lost_total",
      "Exchanges whose spans were lost, by reason: queue-full or collector.",
      "reason"),
  SQL_STATEMENTS(
      COUNTER,
      "terrace_sql_statements_total",
      "Statements by shard and by where they went: primary or replica, or coordinator.",
      "store",
      "shard",
      "role"),
  SQL_SECONDS(
      HISTOGRAM,
      "terrace_sql_statement_seconds",
      "From a statement to the end of its answer.",
      "store",
      "shard",
      "server"),
  SQL_REJECTED(
      COUNTER,
      "terrace_sql_rejected_total",
      "Statements refused by Terrace itself, by SQLSTATE.",
      "sqlstate"),
  SQL_COMBINED_BYTES(
      COUNTER,
      "terrace_sql_combined_bytes_total",
      "Bytes of rows of several shards that were kept for a last statement to combine or sort.",
      "store"),
  SQL_CLIENTS(GAUGE, "terrace_sql_clients", "Clients that are logged in to a store.", "store"),
  SQL_USER_MEMORY(GAUGE, "terrace_sql_user_memory_bytes", "Kept for a user's sessions.", "user"),
  SQL_LOGINS(
      COUNTER,
      "terrace_sql_logins_total",
      "Clients' logins by result: welcome, unproven, refused, full or late.",
      "result"),
  SQL_LOGINS_RUNNING(GAUGE, "terrace_sql_logins_running", "Clients that have not logged in yet."),
  SQL_WAITING(
      GAUGE,
      "terrace_sql_waiting",
      "Clients that wait for a connection to a server.",
      "pool",
      "member"),
  SQL_OVERDUE(
      COUNTER,
      "terrace_sql_overdue_total",
      "Sessions that took too long, by what: busy, idle_in_transaction, idle or deadlock.",
      "activity"),
  SQL_IN_DOUBT(
      GAUGE,
      "terrace_sql_in_doubt",
      "Parts of transactions over several shards that are prepared and could not be ended yet.",
      "store"),
  SQL_IN_DOUBT_ENDED(
      COUNTER,
      "terrace_sql_in_doubt_ended_total",
      "Parts of transactions over several shards that were left prepared, by how they were ended.",
      "store",
      "outcome"),
  SQL_SLOW(COUNTER, "terrace_sql_slow_total", "Slow statements, logged or not.", "store", "line"),
  SQL_TOP_SECONDS(GAUGE, "terrace_sql_top_seconds", "Time of the top ten.", "store", "statement"),
  SQL_TOP_CALLS(GAUGE, "terrace_sql_top_calls", "Calls of the top ten.", "store", "statement"),
  SQL_PAUSED(GAUGE, "terrace_sql_paused", "Statements that wait for the end of a pause."),
  SQL_COORDINATOR(GAUGE, "terrace_sql_coordinator", "1 if a coordinator is in step.", "store"),
  SQL_CACHE(
      COUNTER,
      "terrace_sql_cache_total",
      "Kept results by event: hit, miss, joined (waited for another who asks the same, and is a hit"
          + " or a miss then), stale (found, but written to since) or evicted.",
      "store",
      "event"),
  SQL_CACHE_NOT_KEPT(
      COUNTER, "terrace_sql_cache_not_kept_total", "Not kept, by reason.", "store", "reason"),
  SQL_CACHE_ENTRIES(GAUGE, "terrace_sql_cache_entries", "Results that are kept.", "store"),
  SQL_CACHE_BYTES(GAUGE, "terrace_sql_cache_bytes", "Memory that kept results take.", "store"),
  SQL_REPLICA_LAG(
      GAUGE,
      "terrace_sql_replica_lag_seconds",
      "How far a replica was behind when last checked.",
      "store",
      "shard",
      "member"),
  SQL_REPLICA_LAG_BYTES(
      GAUGE,
      "terrace_sql_replica_lag_bytes",
      "How much of its primary's log a replica lacked when last checked.",
      "store",
      "shard",
      "member"),
  SQL_SERVER_ROLE(
      GAUGE,
      "terrace_sql_server_role",
      "1 for the role that a server has: primary, replica, fenced, orphaned, detached, silent or"
          + " unknown.",
      "store",
      "shard",
      "member",
      "role"),
  SQL_TIMELINE(
      GAUGE,
      "terrace_sql_timeline",
      "The timeline of a shard's primary; it rises with each promotion.",
      "store",
      "shard"),
  SQL_PROMOTIONS(
      COUNTER,
      "terrace_sql_promotions_total",
      "Promotions that were noticed and followed.",
      "store",
      "shard"),
  SQL_FAILOVER_WAITS(
      COUNTER, "terrace_sql_failover_waits_total", "Waits for a primary, by end.", "store", "end"),

  KV_COMMANDS(
      COUNTER,
      "terrace_kv_commands_total",
      "Commands by name and result: ok or error.",
      "command",
      "result"),
  KV_CACHE(
      COUNTER,
      "terrace_kv_cache_total",
      "Reads by collection and verdict: hit, miss, stale.",
      "collection",
      "verdict"),
  KV_CACHE_ENTRIES(
      GAUGE, "terrace_kv_cache_entries", "Entries in the in-process cache.", "collection"),
  KV_CACHE_BYTES(GAUGE, "terrace_kv_cache_bytes", "Bytes in the in-process cache.", "collection"),
  KV_ENGINE_READS(
      COUNTER,
      "terrace_kv_engine_reads_total",
      "Reads that went to the store, by shard and role.",
      "collection",
      "shard",
      "role"),
  KV_ENGINE_WRITES(
      COUNTER, "terrace_kv_engine_writes_total", "Writes to the store.", "collection", "shard"),
  KV_SHARED(
      COUNTER,
      "terrace_kv_shared_total",
      "Look-ups in caches that nodes share, by key: hit, miss; and questions that failed: failed.",
      "store",
      "result"),
  KV_SHARED_OWED(
      GAUGE,
      "terrace_kv_shared_owed",
      "Keys that were written and whose old values could not be taken off the shared cache yet.",
      "store"),
  KV_NODE_MESSAGES(
      COUNTER,
      "terrace_kv_node_messages_total",
      "Messages between nodes: told, heard, and gaps in them: lost.",
      "what"),
  KV_NODES_HEARD(
      GAUGE,
      "terrace_kv_nodes_heard",
      "1 while all other nodes' writes are heard of; 0 while nothing is kept for long."),
  KV_DIRTY_KEYS(
      GAUGE, "terrace_kv_dirty_keys", "Keys whose last write the store does not have yet."),
  KV_JOURNAL_BYTES(GAUGE, "terrace_kv_journal_bytes", "Bytes of the write log's files."),
  KV_JOURNAL_RECORDS(
      GAUGE, "terrace_kv_journal_records", "Writes that the log has taken since the start."),
  KV_JOURNAL_ROWS(
      GAUGE, "terrace_kv_journal_rows", "Rows that went from the log to stores since the start."),
  KV_JOURNAL_STUCK(
      GAUGE,
      "terrace_kv_journal_stuck",
      "Parts of the log whose writes their store does not take now."),
  KV_DEAD_LETTERS(
      GAUGE, "terrace_kv_dead_letters", "Writes that a store refuses, put aside for a person.");

  private final MetricKind kind;
  private final String prometheusName;
  private final String help;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> labels;

  Metric(MetricKind kind, String prometheusName, String help, String... labels) {
    this.kind = kind;
    this.prometheusName = prometheusName;
    this.help = help;
    this.labels = List.of(labels);
  }

  /** How its values behave. */
  public MetricKind kind() {
    return kind;
  }

  /** Its name in the exposition format. */
  public String prometheusName() {
    return prometheusName;
  }

  /** One sentence for people. */
  public String help() {
    return help;
  }

  /** The names of its labels; values are given in this order. */
  public List<String> labels() {
    return labels;
  }
}

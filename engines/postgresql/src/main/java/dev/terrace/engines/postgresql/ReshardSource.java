package dev.terrace.engines.postgresql;

import dev.terrace.core.place.Placement;
import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A shard that rows leave, by PostgreSQL's logical replication with row filters. What is made there
 * is found again by its name, so that each step may be taken twice.
 */
public final class ReshardSource {

  /** Holds what is made for a resharding. */
  static final String SCHEMA = "terrace_reshard";

  /** A row for each shard that rows leave, which goes with them. */
  static final String MARK = SCHEMA + ".mark";

  private static final String RIGHT = "own the tables and have CREATE on the database";

  private final Steps steps;
  private final ReshardNames names;
  private final Address server;

  ReshardSource(Steps steps, ReshardNames names, Address server) {
    this.steps = steps;
    this.names = names;
    this.server = server;
  }

  /** Where it is. */
  public Address server() {
    return server;
  }

  /** All tables of users, by the names that a file has for them. */
  public List<String> tables() throws EngineFailure {
    return steps.on(server, "listing the tables", "nothing", ReshardSource::tables);
  }

  static List<String> tables(Connection connection) throws SQLException {
    List<String> tables = new ArrayList<>();
    for (List<String> row :
        Steps.rows(
            connection,
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid ="
                + " c.relnamespace WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND"
                + " c.relpersistence = 'p' AND n.nspname NOT IN ('pg_catalog',"
                + " 'information_schema', 'terrace', '"
                + SCHEMA
                + "') AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype"
                + " = 'e') ORDER BY 1, 2")) {
      tables.add(row.get(0).equals("public") ? row.get(1) : row.get(0) + "." + row.get(1));
    }
    return tables;
  }

  /** What keeps rows from leaving it, a line each. */
  public List<String> problems(boolean stays) throws EngineFailure {
    return steps.on(
        server,
        "looking at its settings",
        "nothing",
        connection -> {
          List<String> problems = new ArrayList<>();
          if (!Steps.ask(connection, "SHOW wal_level").equals("logical")) {
            problems.add(server + " needs wal_level = logical (and a restart)");
          }
          if (stays && Steps.ask(connection, "SHOW max_prepared_transactions").equals("0")) {
            problems.add(server + " needs max_prepared_transactions > 0 (and a restart)");
          }
          for (List<String> other :
              Steps.rows(
                  connection,
                  "SELECT pubname FROM pg_publication WHERE pubname ~ '"
                      + ReshardNames.PUBLICATIONS
                      + "' AND NOT starts_with(pubname, '"
                      + names.prefix()
                      + "')")) {
            problems.add(
                server
                    + " has the publication "
                    + other.getFirst()
                    + " of another resharding: finish that, or terrace reshard --abort");
          }
          return problems;
        });
  }

  /** Publishes what goes to a shard: from now on its changes are kept for whoever subscribes. */
  public void publish(int from, int to, List<ReshardTable> tables) throws EngineFailure {
    steps.on(
        server,
        "publishing what goes to shard " + to,
        RIGHT,
        connection -> {
          String name = names.publication(to);
          String known =
              Steps.ask(
                  connection, "SELECT count(*) FROM pg_publication WHERE pubname = '" + name + "'");
          if (!known.equals("0")) {
            return false;
          }
          connection.setAutoCommit(false);
          createSchema(connection);
          Steps.run(
              connection,
              "CREATE TABLE IF NOT EXISTS "
                  + SCHEMA
                  + ".identity (tab text PRIMARY KEY, before text NOT NULL)");
          createMark(connection);
          Steps.run(
              connection,
              "INSERT INTO " + MARK + " VALUES (" + from + ", 0) ON CONFLICT DO NOTHING");
          List<String> parts = new ArrayList<>(List.of(MARK + " WHERE (shard = " + from + ")"));
          for (ReshardTable table : tables) {
            RowFilter filter = table.at(to);
            hashed(connection, table);
            identify(connection, table, !filter.isAll());
            parts.add(table.quoted() + (filter.isAll() ? "" : " WHERE (" + filter.sql() + ")"));
          }
          Steps.run(
              connection,
              "CREATE PUBLICATION "
                  + name
                  + " FOR TABLE "
                  + String.join(", ", parts)
                  + " WITH (publish_via_partition_root = true)");
          connection.commit();
          return true;
        });
  }

  static void createMark(Connection connection) throws SQLException {
    createSchema(connection);
    Steps.run(
        connection,
        "CREATE TABLE IF NOT EXISTS " + MARK + " (shard int PRIMARY KEY, n bigint NOT NULL)");
  }

  private static void createSchema(Connection connection) throws SQLException {
    Steps.run(connection, "CREATE SCHEMA IF NOT EXISTS " + SCHEMA);
  }

  /** Makes what the conditions of tables that lose rows need, where nothing is published. */
  public void hash(List<ReshardTable> tables) throws EngineFailure {
    steps.on(
        server,
        "making what hashes rows",
        RIGHT,
        connection -> {
          createSchema(connection);
          for (ReshardTable table : tables) {
            hashed(connection, table);
          }
          return true;
        });
  }

  /** Makes the empty table by which PostgreSQL tells where a row's hash belongs. */
  private static void hashed(Connection connection, ReshardTable table) throws SQLException {
    boolean byHash =
        table.after() instanceof Placement.Hash
            || (table.after() instanceof Placement.Directory directory
                && directory.rest() instanceof Placement.Hash);
    if (!byHash) {
      return;
    }
    List<String> columns = new ArrayList<>();
    for (String column : table.columns()) {
      String type =
          Steps.ask(
              connection,
              "SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = "
                  + RowFilter.literal(table.quoted())
                  + "::regclass AND attname = "
                  + RowFilter.literal(column));
      if (type.isEmpty()) {
        throw new SQLException("table " + table.name() + " has no column " + column, "42703");
      }
      columns.add(Statements.quoted(column) + " " + type);
    }
    Steps.run(
        connection,
        "CREATE TABLE IF NOT EXISTS "
            + table.hashed()
            + " ("
            + String.join(", ", columns)
            + ") PARTITION BY HASH ("
            + Statements.quoted(table.columns())
            + ")");
  }

  /**
   * Sees to it that changes name the old row by what the filter and the subscriber need. An UPDATE
   * of a published table without that would fail.
   */
  private static void identify(Connection connection, ReshardTable table, boolean filtered)
      throws SQLException {
    String relation = RowFilter.literal(table.quoted()) + "::regclass";
    String columns =
        table.columns().stream()
            .map(RowFilter::literal)
            .collect(Collectors.joining(", ", "ARRAY[", "]::name[]"));
    List<String> found =
        Steps.rows(
                connection,
                "SELECT CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' WHEN 'i'"
                    + " THEN 'USING INDEX ' || (SELECT quote_ident(r.relname) FROM pg_index i JOIN"
                    + " pg_class r ON r.oid = i.indexrelid WHERE i.indrelid = c.oid AND"
                    + " i.indisreplident) ELSE 'DEFAULT' END, (SELECT count(*) FROM pg_index i JOIN pg_attribute a ON"
                    + " a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid ="
                    + " c.oid AND a.attname = ANY ("
                    + columns
                    + ") AND (CASE c.relreplident WHEN 'd' THEN i.indisprimary ELSE"
                    + " i.indisreplident END)) = "
                    + table.columns().size()
                    + ", EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid ="
                    + " c.oid AND (CASE c.relreplident WHEN 'd' THEN i.indisprimary ELSE"
                    + " i.indisreplident END)) FROM pg_class c WHERE c.oid = "
                    + relation)
            .getFirst();
    boolean enough = found.getFirst().equals("FULL") || found.get(filtered ? 1 : 2).equals("t");
    if (!enough) {
      Steps.run(
          connection,
          "INSERT INTO "
              + SCHEMA
              + ".identity VALUES ("
              + RowFilter.literal(table.quoted())
              + ", "
              + RowFilter.literal(found.getFirst())
              + ") ON CONFLICT DO NOTHING");
      Steps.run(connection, "ALTER TABLE " + table.quoted() + " REPLICA IDENTITY FULL");
    }
  }

  /** How many bytes of its log a shard has not taken yet. */
  public long lag(int from, int to) throws EngineFailure {
    return steps.on(
        server,
        "asking how far shard " + to + " is",
        "nothing",
        connection -> {
          String name = names.subscription(from, to);
          String bytes =
              Steps.ask(
                  connection,
                  "SELECT coalesce(pg_current_wal_lsn() - confirmed_flush_lsn, 0)::bigint FROM"
                      + " pg_replication_slots WHERE slot_name = '"
                      + name
                      + "'");
          if (bytes.isEmpty()) {
            throw new EngineFailure(
                Kind.REJECTED,
                "the replication slot "
                    + name
                    + " is gone from "
                    + server
                    + " (a failover loses it): terrace reshard --abort, and begin again");
          }
          return Long.parseLong(bytes);
        });
  }

  /**
   * Leaves a mark in its log, which arrives after all that was committed before.
   *
   * @return for {@link ReshardTarget#awaitMark}
   */
  public long mark(int from) throws EngineFailure {
    return steps.on(
        server,
        "marking its log",
        RIGHT,
        connection ->
            Long.parseLong(
                Steps.ask(
                    connection,
                    "UPDATE " + MARK + " SET n = n + 1 WHERE shard = " + from + " RETURNING n")));
  }

  /**
   * Waits until nothing may be committed there any more: no transaction is prepared, none has
   * written, and no statement of the store's user runs, as a client leaves it that has vanished.
   *
   * @return whether that came in time
   */
  public boolean awaitQuiet(Duration patience) throws EngineFailure {
    String quiet =
        "SELECT NOT EXISTS (SELECT FROM pg_prepared_xacts WHERE database = current_database() AND"
            + " gid <> "
            + RowFilter.literal(names.farewell())
            + ") AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
            + " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND"
            + " application_name <> '"
            + Steps.NAME
            + "' AND (backend_xid IS NOT NULL OR (state = 'active' AND usename = current_user)))";
    return steps.on(
        server,
        "looking for transactions",
        "pg_read_all_stats",
        connection -> Steps.await(connection, quiet, patience));
  }

  /** Removes what was made for reshardings, and gives tables back the identity they had. */
  public void cleanUp() throws EngineFailure {
    steps.on(
        server,
        "removing what the resharding left",
        RIGHT,
        connection -> {
          cleanUp(connection);
          return true;
        });
  }

  private static void cleanUp(Connection connection) throws SQLException {
    for (List<String> slot :
        Steps.rows(
            connection,
            "SELECT slot_name FROM pg_replication_slots WHERE slot_name ~ '"
                + ReshardNames.SUBSCRIPTIONS
                + "' AND database = current_database() AND NOT active")) {
      Steps.ask(connection, "SELECT pg_drop_replication_slot('" + slot.getFirst() + "')");
    }
    for (List<String> publication :
        Steps.rows(
            connection,
            "SELECT pubname FROM pg_publication WHERE pubname ~ '"
                + ReshardNames.PUBLICATIONS
                + "'")) {
      Steps.run(
          connection, "DROP PUBLICATION IF EXISTS " + Statements.quoted(publication.getFirst()));
    }
    boolean made =
        !Steps.ask(connection, "SELECT to_regclass('" + SCHEMA + ".identity')").equals("null");
    if (made) {
      for (List<String> row :
          Steps.rows(connection, "SELECT tab, before FROM " + SCHEMA + ".identity")) {
        Steps.run(
            connection,
            "ALTER TABLE IF EXISTS " + row.getFirst() + " REPLICA IDENTITY " + row.get(1));
      }
    }
    Steps.run(connection, "DROP SCHEMA IF EXISTS " + SCHEMA + " CASCADE");
  }
}

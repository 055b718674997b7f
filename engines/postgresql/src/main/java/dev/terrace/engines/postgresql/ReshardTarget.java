package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.StoreSettings;
import dev.terrace.engine.StoreSettings.StoreTls;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A shard that is to be, and that rows come to by PostgreSQL's logical replication. */
public final class ReshardTarget {

  private static final String RIGHT =
      "have CREATE on the database and be a member of pg_create_subscription, and REPLICATION and"
          + " SELECT on the tables where the rows come from";

  private static final Duration SUBSCRIBE_TIMEOUT = Duration.ofSeconds(60);
  private static final int STREAMING_PARALLEL = 160_000;

  private final Steps steps;
  private final ReshardNames names;
  private final Address server;

  ReshardTarget(Steps steps, ReshardNames names, Address server) {
    this.steps = steps;
    this.names = names;
    this.server = server;
  }

  /** Where it is. */
  public Address server() {
    return server;
  }

  /**
   * How far one subscription is.
   *
   * @param tables how many tables it takes
   * @param copied how many of them are copied, so that only changes come
   * @param failed whether it has stopped at an error, which the server's log shows
   */
  public record Progress(int tables, int copied, boolean failed) {

    /** Whether all is there but for changes on their way. */
    public boolean isCopied() {
      return tables > 0 && tables == copied && !failed;
    }
  }

  /**
   * What keeps rows of a source from coming to it, a line each: tables that are missing, of another
   * form or not empty.
   */
  public List<String> problems(Address source, List<ReshardTable> tables) throws EngineFailure {
    Map<String, TableForm> there =
        steps.on(source, "looking at the tables", "nothing", c -> TableForm.all(c, tables));
    return steps.on(
        server,
        "looking at the tables",
        "nothing",
        connection -> {
          List<String> problems = new ArrayList<>();
          boolean begun = isSubscribed(connection);
          Map<String, TableForm> here = TableForm.all(connection, tables);
          for (ReshardTable table : tables) {
            Optional.ofNullable(there.get(table.name()))
                .flatMap(form -> form.problem(Optional.ofNullable(here.get(table.name()))))
                .ifPresent(
                    problem -> problems.add(server + ": table " + table.name() + " " + problem));
            boolean filled =
                !begun
                    && here.containsKey(table.name())
                    && Steps.ask(connection, "SELECT EXISTS (SELECT FROM " + table.quoted() + ")")
                        .equals("t");
            if (filled) {
              problems.add(server + ": table " + table.name() + " is not empty");
            }
          }
          return problems;
        });
  }

  /**
   * What tells its data from other servers' that were not copied from the same. Two with the same
   * must not copy from one source at once: PostgreSQL would call their slots the same there.
   */
  public String systemIdentifier() throws EngineFailure {
    return steps.on(
        server,
        "asking for its identifier",
        "EXECUTE on pg_control_system()",
        connection -> Steps.ask(connection, "SELECT system_identifier FROM pg_control_system()"));
  }

  /** Whether rows have been coming to it. */
  public boolean hasBegun() throws EngineFailure {
    return steps.on(server, "looking for subscriptions", "nothing", this::isSubscribed);
  }

  private boolean isSubscribed(Connection connection) throws SQLException {
    return !Steps.ask(
            connection,
            "SELECT count(*) FROM pg_subscription WHERE starts_with(subname, '"
                + names.prefix()
                + "')")
        .equals("0");
  }

  /** Begins to take what comes from a shard: all rows, then their changes. */
  public void subscribe(int from, Address source, int to) throws EngineFailure {
    String name = names.subscription(from, to);
    steps.on(
        server,
        "subscribing to " + source,
        RIGHT,
        SUBSCRIBE_TIMEOUT,
        connection -> {
          String known =
              Steps.ask(
                  connection,
                  "SELECT count(*) FROM pg_subscription WHERE subname = '" + name + "'");
          if (!known.equals("0")) {
            Steps.run(connection, "ALTER SUBSCRIPTION " + name + " ENABLE");
          } else {
            ReshardSource.createMark(connection);
            int version = Integer.parseInt(Steps.ask(connection, "SHOW server_version_num"));
            Steps.run(
                connection,
                "CREATE SUBSCRIPTION "
                    + name
                    + " CONNECTION "
                    + RowFilter.literal(connectionInfo(source))
                    + " PUBLICATION "
                    + names.publication(to)
                    + " WITH (disable_on_error = true, streaming = "
                    + (version >= STREAMING_PARALLEL ? "parallel" : "on")
                    + ")");
          }
          return true;
        });
  }

  private String connectionInfo(Address source) {
    StoreSettings settings = steps.settings();
    Map<String, String> values = new LinkedHashMap<>();
    values.put("host", source.host());
    values.put("port", Integer.toString(source.port() == 0 ? 5432 : source.port()));
    values.put("dbname", settings.database());
    values.put("user", settings.user());
    values.put("password", settings.password());
    // Files of certificates would have to be on the server: it checks by those that it has.
    settings
        .tls()
        .map(StoreTls::mode)
        .ifPresent(mode -> {
          switch (mode) {
            case PREFER -> values.put("sslmode", "prefer");
            case REQUIRE, VERIFY_CA, VERIFY_FULL -> values.put("sslmode", "require");
          }
        });
    return new ConnectionInfo(values).toString();
  }

  /** How far it is with what comes from a shard. */
  public Progress progress(int from, int to) throws EngineFailure {
    String name = names.subscription(from, to);
    return steps.on(
        server,
        "asking how far it is",
        "nothing",
        connection -> {
          List<String> row =
              Steps.rows(
                      connection,
                      "SELECT count(r.srrelid), count(*) FILTER (WHERE r.srsubstate = 'r'),"
                          + " coalesce(bool_or(NOT s.subenabled), true) FROM pg_subscription s LEFT"
                          + " JOIN pg_subscription_rel r ON r.srsubid = s.oid WHERE s.subname = '"
                          + name
                          + "'")
                  .getFirst();
          return new Progress(
              Integer.parseInt(row.get(0)), Integer.parseInt(row.get(1)), row.get(2).equals("t"));
        });
  }

  /**
   * Waits until all has arrived that a shard had committed when that mark was made there.
   *
   * @return whether it has in time
   */
  public boolean awaitMark(int from, long mark, Duration patience) throws EngineFailure {
    return steps.on(
        server,
        "asking how far it is",
        "nothing",
        connection ->
            Steps.await(
                connection,
                "SELECT n >= " + mark + " FROM " + ReshardSource.MARK + " WHERE shard = " + from,
                patience));
  }

  /** Takes no more of what comes from a shard; none of it is being applied when this returns. */
  public void stop(int from, int to) throws EngineFailure {
    String name = names.subscription(from, to);
    steps.on(
        server,
        "ending the subscription " + name,
        RIGHT,
        connection -> {
          Steps.run(connection, "ALTER SUBSCRIPTION " + name + " DISABLE");
          String ended =
              "SELECT count(pid) = 0 FROM pg_stat_subscription WHERE subname = '" + name + "'";
          if (!Steps.await(connection, ended, steps.settings().timeout())) {
            throw new EngineFailure(
                Kind.TIMEOUT,
                "the subscription " + name + " of " + server + " did not end in time");
          }
          return true;
        });
  }

  /** Gives numbers from its sequences on from where those of the sources are. */
  public void advance(Map<String, Long> sequences) throws EngineFailure {
    steps.on(
        server,
        "setting its sequences",
        "own them",
        connection -> {
          Map<String, Long> here = sequences(connection);
          for (Map.Entry<String, Long> sequence : sequences.entrySet()) {
            Long now = here.get(sequence.getKey());
            if (now != null && now < sequence.getValue()) {
              Steps.ask(
                  connection,
                  "SELECT setval("
                      + RowFilter.literal(sequence.getKey())
                      + "::regclass, "
                      + sequence.getValue()
                      + ")");
            }
          }
          return true;
        });
  }

  /** The last number that each sequence gave, by its quoted name; the least if it gave none. */
  static Map<String, Long> sequences(Connection connection) throws SQLException {
    Map<String, Long> last = new LinkedHashMap<>();
    for (List<String> row :
        Steps.rows(
            connection,
            "SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, "
                + Long.MIN_VALUE
                + ") FROM pg_sequences WHERE schemaname <> '"
                + ReshardSource.SCHEMA
                + "' AND increment_by > 0")) {
      last.put(row.get(0), Long.parseLong(row.get(1)));
    }
    return last;
  }

  /** Removes all subscriptions of reshardings; the slots stay where the rows came from. */
  public void cleanUp() throws EngineFailure {
    steps.on(
        server,
        "removing what the resharding left",
        RIGHT,
        SUBSCRIBE_TIMEOUT,
        connection -> {
          for (List<String> row :
              Steps.rows(
                  connection,
                  "SELECT subname FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid"
                      + " WHERE d.datname = current_database() AND subname ~ '"
                      + ReshardNames.SUBSCRIPTIONS
                      + "'")) {
            String name = row.getFirst();
            Steps.run(connection, "ALTER SUBSCRIPTION " + name + " DISABLE");
            Steps.run(connection, "ALTER SUBSCRIPTION " + name + " SET (slot_name = NONE)");
            Steps.run(connection, "DROP SUBSCRIPTION " + name);
          }
          Steps.run(connection, "DROP SCHEMA IF EXISTS " + ReshardSource.SCHEMA + " CASCADE");
          return true;
        });
  }

  /** Empties the tables again, for a resharding that is given up. */
  public void empty(List<ReshardTable> tables) throws EngineFailure {
    steps.on(
        server,
        "emptying the tables",
        "own them",
        SUBSCRIBE_TIMEOUT,
        connection -> {
          Steps.run(
              connection,
              "TRUNCATE " + String.join(", ", tables.stream().map(ReshardTable::quoted).toList()));
          return true;
        });
  }
}

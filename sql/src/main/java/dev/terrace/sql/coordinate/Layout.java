package dev.terrace.sql.coordinate;

import dev.terrace.core.place.Placement;
import dev.terrace.core.pool.Address;
import dev.terrace.sql.plan.Quoted;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What is to be in a coordinator's database: a foreign server for each shard's primary, in a schema
 * of Terrace's own the shards' tables as foreign ones, and by the tables' own names what makes one
 * of them.
 *
 * @param leftOut tables that are not there, by their names in the file
 * @param settings what the shards' sessions have from their servers
 */
record Layout(
    CoordinatorTerms terms,
    List<Address> primaries,
    Map<String, List<Column>> columns,
    Map<String, String> leftOut,
    Map<String, String> settings) {

  static final String SCHEMA = "terrace_shards";

  /** Any two Terraces that make tables at the same time agree on it. */
  private static final long LOCK = 7_310_577_216L;

  private static final String MARK = "kept by Terrace";

  private static final int NAME_MAX = 63;

  /** Who finds other tables of Terrace's than these drops them. */
  private static final String CLEAR =
      """
      do $clear$ declare it record; begin
        for it in select c.oid::regclass as name, c.relkind from pg_class c
            where obj_description(c.oid, 'pg_class') = 'MARK' loop
          execute format('drop %s table %s', case it.relkind when 'f' then 'foreign' else '' end,
            it.name);
        end loop;
        for it in select srvname from pg_foreign_server where srvname like 'terrace\\_shard\\_%' loop
          execute format('drop server %I cascade', it.srvname);
        end loop;
      end $clear$;
      """
          .replace("MARK", MARK);

  /** What reads the fingerprint of what is there. */
  static final String APPLIED =
      "select coalesce(obj_description(to_regnamespace('" + SCHEMA + "'), 'pg_namespace'), '')";

  /** All that makes it, in one transaction. */
  String script() {
    String body = body();
    return body + "comment on schema " + SCHEMA + " is " + Quoted.text(hash(body)) + ";commit";
  }

  /** What stands for it in the database that has it. */
  String fingerprint() {
    return hash(body());
  }

  private String body() {
    StringBuilder sql = new StringBuilder();
    sql.append("begin read write;set local lock_timeout = '5s';")
        .append("set local client_min_messages = warning;")
        .append("select pg_advisory_xact_lock(" + LOCK + ");")
        .append("create extension if not exists postgres_fdw;")
        .append("drop schema if exists " + SCHEMA + " cascade;")
        .append(CLEAR)
        .append("create schema " + SCHEMA + ";");
    settings(sql);
    for (int shard = 0; shard < primaries.size(); shard++) {
      server(sql, shard);
    }
    Set<String> schemas = new TreeSet<>();
    terms.tables().forEach(table -> schemas.add(table.schema()));
    schemas.forEach(
        schema -> sql.append("create schema if not exists " + Quoted.name(schema) + ";"));
    List<Table> tables =
        terms.tables().stream().filter(t -> !leftOut.containsKey(t.inFile())).toList();
    for (int i = 0; i < tables.size(); i++) {
      table(sql, tables.get(i), i);
    }
    return sql.toString();
  }

  private static String hash(String script) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void settings(StringBuilder sql) {
    String database = Quoted.name(terms.config().database());
    String alter = "alter database " + database + " set ";
    settings.forEach((name, value) ->
        sql.append(
                "select set_config(" + Quoted.text(name) + ", " + Quoted.text(value) + ", true);")
            .append(alter + Quoted.name(name) + " from current;"));
    for (String name : List.of("enable_partitionwise_join", "enable_partitionwise_aggregate")) {
      sql.append(alter + name + " = on;");
    }
    sql.append(alter + "default_transaction_read_only = on;");
  }

  private void server(StringBuilder sql, int shard) {
    Address primary = primaries.get(shard);
    sql.append("create server " + server(shard) + " foreign data wrapper postgres_fdw options (")
        .append("host " + Quoted.text(primary.host()))
        .append(", port '" + primary.port() + "', dbname " + Quoted.text(terms.database()))
        .append(", sslmode " + Quoted.text(terms.sslMode()))
        .append(", application_name 'terrace coordinator', connect_timeout '5'")
        .append(", use_remote_estimate 'true', async_capable 'true', fetch_size '1000'")
        .append(", updatable 'false', truncatable 'false');");
    sql.append("create foreign table " + probe(shard) + " (amname name) server " + server(shard))
        .append(" options (schema_name 'pg_catalog', table_name 'pg_am',")
        .append(" use_remote_estimate 'false');");
  }

  /** What gives the coordinator the right to log in to the shards; never a part of a log. */
  String logins() {
    StringBuilder sql = new StringBuilder("begin read write;set local lock_timeout = '5s';");
    sql.append("select pg_advisory_xact_lock(" + LOCK + ");")
        .append("set local client_min_messages = warning;");
    for (int shard = 0; shard < primaries.size(); shard++) {
      sql.append("drop user mapping if exists for current_user server " + server(shard) + ";")
          .append("create user mapping for current_user server " + server(shard))
          .append(" options (user " + Quoted.text(terms.login()));
      terms
          .password()
          .ifPresent(password -> sql.append(", password " + Quoted.text(password.value())));
      sql.append(");");
    }
    return sql.append("commit").toString();
  }

  private static String server(int shard) {
    return "terrace_shard_" + shard;
  }

  private static String probe(int shard) {
    return SCHEMA + ".\"probe." + shard + "\"";
  }

  /** Has every shard take its snapshot for the coordinator's transaction. */
  String snapshots() {
    return "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;SELECT count(*) FROM ("
        + IntStream.range(0, primaries.size())
            .mapToObj(shard -> "TABLE " + probe(shard))
            .collect(Collectors.joining(" UNION ALL "))
        + ") probes";
  }

  private void table(StringBuilder sql, Table table, int number) {
    List<Column> its = columns.getOrDefault(table.path(), List.of());
    String body = " (" + its.stream().map(Column::sql).collect(Collectors.joining(", ")) + ")";
    List<Column> key =
        table.key().stream()
            .flatMap(name -> its.stream().filter(column -> column.name().equals(name)))
            .toList();
    if (key.isEmpty()) {
      int shard = table.placement() instanceof Placement.Single single ? single.shard() : 0;
      sql.append("create foreign table " + table.sql() + body + source(table, shard));
      sql.append("comment on foreign table " + table.sql() + " is '" + MARK + "';");
      return;
    }
    Spread spread = Spread.of(table.placement(), key);
    sql.append("create table " + table.sql() + body + spread.ofParent() + ";");
    for (int shard = 0; shard < primaries.size(); shard++) {
      String child = SCHEMA + "." + Quoted.name(childName(table, number, shard));
      String source = source(table, shard);
      spread
          .ofChild(table.sql(), shard)
          .ifPresent(relation -> sql.append("create foreign table " + child + relation + source));
    }
    sql.append("comment on table " + table.sql() + " is '" + MARK + "';");
  }

  private static String childName(Table table, int number, int shard) {
    String name = table.inFile() + "." + shard;
    return name.length() <= NAME_MAX ? name : "table." + number + "." + shard;
  }

  private static String source(Table table, int shard) {
    return " server "
        + server(shard)
        + " options (schema_name "
        + Quoted.text(table.schema())
        + ", table_name "
        + Quoted.text(table.name())
        + ");";
  }
}

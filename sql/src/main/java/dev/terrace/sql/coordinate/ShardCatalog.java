package dev.terrace.sql.coordinate;

import dev.terrace.core.pool.Address;
import dev.terrace.sql.plan.Quoted;
import dev.terrace.sql.server.ServerQueries;
import dev.terrace.sql.server.ServerQueryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one server tells of the store's tables.
 *
 * @param tables their columns by path; tables that it does not have are missing
 * @param unfit why tables cannot be read in another session's name
 * @param settings what answers depend on
 * @param locale how its database sorts, and in which encoding
 */
record ShardCatalog(
    Map<String, List<Column>> tables,
    Map<String, String> unfit,
    Map<String, String> settings,
    String locale) {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Settings that a session has from its server and that its answers depend on. */
  private static final String SETTINGS =
      "select 'setting', name, setting from pg_settings where name in ('TimeZone', 'DateStyle',"
          + " 'IntervalStyle', 'bytea_output', 'extra_float_digits', 'lc_monetary', 'lc_numeric',"
          + " 'lc_time', 'default_text_search_config', 'xmlbinary', 'xmloption', 'array_nulls',"
          + " 'transform_null_equals', 'search_path')";

  private static final String COLUMNS =
      """
      select 'column', n.nspname || '.' || c.relname, a.attname,
        format_type(a.atttypid, a.atttypmod),
        case when a.attcollation <> t.typcollation
          then quote_ident(m.nspname) || '.' || '"' || replace(o.collname, '"', '""') || '"'
          else '' end,
        a.attnotnull, t.typnamespace = 'pg_catalog'::regnamespace
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        join pg_type t on t.oid = a.atttypid
        left join pg_collation o on o.oid = a.attcollation
        left join pg_namespace m on m.oid = o.collnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname || '.' || c.relname in (TABLES)
      order by c.oid, a.attnum\
      """;

  /** Views and policies may go by settings and roles of a session that is not the client's. */
  private static final String UNFIT =
      """
      select 'unfit', n.nspname || '.' || c.relname,
        case when c.relkind = 'v' then 'it is a view' else 'it has row security' end
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where (c.relkind = 'v' or row_security_active(c.oid))
        and n.nspname || '.' || c.relname in (TABLES)\
      """;

  /** The columns that some versions have and others have not are read by name. */
  static final String LOCALE =
      """
      select 'locale', concat_ws(' ', pg_encoding_to_char(encoding), datcollate, datctype,
        coalesce(to_jsonb(d) ->> 'datlocprovider', 'c'),
        coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', '-'),
        coalesce(to_jsonb(d) ->> 'daticurules', '-'))
      from pg_database d where datname = current_database()\
      """;

  static ShardCatalog read(ServerQueries queries, Address server, List<Table> tables)
      throws ServerQueryException {
    String names =
        tables.stream().map(t -> Quoted.text(t.path())).collect(Collectors.joining(", "));
    names = names.isEmpty() ? "''" : names;
    String sql =
        String.join(
            ";",
            SETTINGS,
            "begin",
            "set local search_path = pg_catalog",
            LOCALE,
            UNFIT.replace("TABLES", names),
            COLUMNS.replace("TABLES", names),
            "commit");
    Map<String, List<Column>> found = new LinkedHashMap<>();
    Map<String, String> unfit = new TreeMap<>();
    Map<String, String> settings = new TreeMap<>();
    StringBuilder locale = new StringBuilder();
    for (List<@Nullable String> row : queries.ask(server, sql, PATIENCE).rows()) {
      switch (text(row, 0)) {
        case "setting" -> settings.put(text(row, 1), text(row, 2));
        case "unfit" -> unfit.put(text(row, 1), text(row, 2));
        case "locale" -> locale.append(text(row, 1));
        default ->
            found
                .computeIfAbsent(text(row, 1), path -> new ArrayList<>())
                .add(
                    new Column(
                        text(row, 2),
                        text(row, 3),
                        text(row, 4),
                        text(row, 5).equals("t"),
                        text(row, 6).equals("t")));
      }
    }
    return new ShardCatalog(found, unfit, settings, locale.toString());
  }

  private static String text(List<@Nullable String> row, int column) {
    String value = row.get(column);
    return value == null ? "" : value;
  }
}

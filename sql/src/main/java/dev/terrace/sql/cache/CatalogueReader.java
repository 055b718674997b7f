package dev.terrace.sql.cache;

import dev.terrace.core.pool.Address;
import dev.terrace.sql.cache.Catalogue.Relation;
import dev.terrace.sql.server.ServerQueries;
import dev.terrace.sql.server.ServerQueryException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks servers for their catalogues. Blocks, so it is for virtual threads. */
final class CatalogueReader {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /**
   * What a default or a check calls may write anywhere; of functions that come with PostgreSQL
   * pg_depend knows nothing, and they do not.
   */
  private static final String RELATIONS =
      """
      select 'relation', c.oid, c.relname,
        case when c.relkind = 'v' then 'is a view'
          when c.relkind = 'f' then 'is a foreign table'
          when c.relpersistence <> 'p' then 'is not permanent'
          when c.relrowsecurity then 'has row security' else '' end,
        case when c.relkind in ('v', 'f') then 'is no table'
          when exists (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal)
          then 'has triggers'
          when exists (select from pg_rewrite r where r.ev_class = c.oid and r.ev_type <> '1')
          then 'has rules'
          when exists (select from pg_depend d
            where d.refclassid = 'pg_proc'::regclass and (
              d.classid = 'pg_attrdef'::regclass and d.objid in
                (select a.oid from pg_attrdef a where a.adrelid = c.oid)
              or d.classid = 'pg_constraint'::regclass and d.objid in
                (select k.oid from pg_constraint k where k.conrelid = c.oid)))
          then 'calls functions of its own' else '' end
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f')
        and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
        and n.nspname !~ '^pg_(toast_)?temp_'\
      """;

  private static final String INHERITS = "select 'heir', inhparent, inhrelid from pg_inherits";

  private static final String CASCADES =
      "select 'cascade', confrelid, conrelid from pg_constraint where contype = 'f'"
          + " and (confdeltype in ('c', 'n', 'd') or confupdtype in ('c', 'n', 'd'))";

  private static final String SOURCES =
      "select distinct 'source', r.ev_class, d.refobjid from pg_rewrite r join pg_depend d"
          + " on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid"
          + " where d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class"
          + " union select 'source', p.polrelid, d.refobjid from pg_policy p join pg_depend d"
          + " on d.classid = 'pg_policy'::regclass and d.objid = p.oid"
          + " where d.refclassid = 'pg_class'::regclass and d.refobjid <> p.polrelid";

  private static final String FUNCTIONS =
      "select distinct 'function', proname from pg_proc where oid >= 16384 and provolatile <> 'i'";

  private static final String ALL =
      String.join(
          ";",
          "begin transaction isolation level repeatable read read only",
          "set local search_path = pg_catalog",
          RELATIONS,
          INHERITS,
          CASCADES,
          SOURCES,
          FUNCTIONS,
          "commit");

  private final Map<String, Relation> relations = new HashMap<>();
  private final Set<String> functions = new HashSet<>();

  private CatalogueReader() {}

  /**
   * What the servers have, taken together.
   *
   * @throws ServerQueryException if one of them does not answer
   */
  static Catalogue read(ServerQueries queries, List<Address> servers) throws ServerQueryException {
    CatalogueReader reader = new CatalogueReader();
    for (Address server : servers) {
      reader.add(queries.ask(server, ALL, PATIENCE).rows());
    }
    return new Catalogue(reader.relations, reader.functions);
  }

  private void add(List<List<@Nullable String>> rows) {
    Map<String, String> names = new HashMap<>();
    for (List<@Nullable String> row : rows) {
      switch (text(row, 0)) {
        case "relation" -> {
          names.put(text(row, 1), text(row, 2));
          relations.merge(
              text(row, 2),
              new Relation(
                  text(row, 3), text(row, 4), new HashSet<>(), new HashSet<>(), new HashSet<>()),
              CatalogueReader::both);
        }
        case "function" -> functions.add(text(row, 1));
        default -> lead(text(row, 0), names.get(text(row, 1)), names.get(text(row, 2)));
      }
    }
  }

  /** Of indexes and sequences the names are not known, and they lead nowhere. */
  private void lead(String how, @Nullable String from, @Nullable String to) {
    Relation relation = from == null ? null : relations.get(from);
    if (relation != null && to != null) {
      Set<String> led =
          switch (how) {
            case "heir" -> relation.heirs();
            case "cascade" -> relation.cascades();
            default -> relation.sources();
          };
      led.add(to);
    }
  }

  private static Relation both(Relation a, Relation b) {
    a.heirs().addAll(b.heirs());
    a.cascades().addAll(b.cascades());
    a.sources().addAll(b.sources());
    return new Relation(
        a.oddity().isEmpty() ? b.oddity() : a.oddity(),
        a.acts().isEmpty() ? b.acts() : a.acts(),
        a.heirs(),
        a.cascades(),
        a.sources());
  }

  private static String text(List<@Nullable String> row, int column) {
    String value = row.get(column);
    return value == null ? "" : value;
  }
}

package dev.terrace.sql.coordinate;

import dev.terrace.core.pool.Address;
import dev.terrace.sql.plan.Quoted;
import dev.terrace.sql.server.Account;
import dev.terrace.sql.server.ServerQueries;
import dev.terrace.sql.server.ServerQueryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings a coordinator's database in step with the shards, for one version of the file. Blocks, so
 * it is for virtual threads.
 */
final class Keeper {

  private static final System.Logger LOG = System.getLogger(Keeper.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration PATIENCE_TO_MAKE = Duration.ofSeconds(60);

  private final CoordinatorTerms terms;
  private final ServerQueries shards;
  private final ServerQueries coordinator;
  private final ServerQueries beside;
  private final List<Account> accounts;

  /** Where the database is known to be; a promoted replica may never have got it. */
  private @Nullable Address existsOn;

  private boolean loggedIn;

  Keeper(
      CoordinatorTerms terms,
      ServerQueries shards,
      Function<Supplier<Account>, ServerQueries> queries) {
    this.terms = terms;
    this.shards = shards;
    Account its = terms.account();
    Account admin = terms.in(terms.database());
    this.coordinator = queries.apply(() -> its);
    this.beside = queries.apply(() -> admin);
    this.accounts = List.of(its, admin);
  }

  CoordinatorTerms terms() {
    return terms;
  }

  /** What was found and is there now. */
  record Kept(Layout layout, String fingerprint, Address server, boolean changed) {}

  /**
   * Makes the tables what they should be, if they are not.
   *
   * @throws ServerQueryException if a server cannot do its part
   */
  Kept keep(List<Address> primaries) throws ServerQueryException {
    List<ShardCatalog> catalogs = new ArrayList<>();
    for (Address primary : primaries) {
      catalogs.add(ShardCatalog.read(shards, primary, terms.tables()));
    }
    ShardCatalog first = catalogs.getFirst();
    Address server = terms.server().orElse(primaries.getFirst());
    create(server);
    String locale = askLocale(server);
    existsOn = server;
    for (String other : catalogs.stream().map(ShardCatalog::locale).toList()) {
      if (!other.equals(locale)) {
        throw new ServerQueryException(
            "22023",
            "its database sorts or encodes in another way than the shards': "
                + locale
                + ", not "
                + other);
      }
    }
    Set<String> known = known(server, LeftOut.wanted(terms.tables(), catalogs));
    Map<String, String> leftOut = LeftOut.of(terms.tables(), catalogs, known);
    Layout layout = new Layout(terms, primaries, first.tables(), leftOut, first.settings());
    String fingerprint = layout.fingerprint();
    return new Kept(layout, fingerprint, server, apply(server, layout, fingerprint));
  }

  /** Makes the database where the store's own is, if it is not there yet. */
  private void create(Address server) throws ServerQueryException {
    String database = terms.config().database();
    String there = "select count(*) from pg_database where datname = " + Quoted.text(database);
    if (server.equals(existsOn)
        || !terms.servers().contains(server)
        || !beside.ask(server, there, PATIENCE).first().equals("0")) {
      return;
    }
    LOG.log(
        System.Logger.Level.INFO,
        "creates the coordinator''s database {0} on {1}",
        database,
        server);
    beside.ask(server, "create database " + Quoted.name(database) + like(server), PATIENCE_TO_MAKE);
  }

  private String askLocale(Address server) throws ServerQueryException {
    List<List<@Nullable String>> rows =
        coordinator.ask(server, ShardCatalog.LOCALE, PATIENCE).rows();
    return rows.isEmpty() ? "" : String.valueOf(rows.getFirst().get(1));
  }

  /** How the store's own database on that server sorts. */
  private String like(Address server) throws ServerQueryException {
    String sql =
        "select concat(' template template0 encoding ', quote_literal(pg_encoding_to_char(encoding)),"
            + " ' lc_collate ', quote_literal(datcollate), ' lc_ctype ', quote_literal(datctype),"
            + " case to_jsonb(d) ->> 'datlocprovider' when 'i' then ' locale_provider icu icu_locale '"
            + " || quote_literal(coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'))"
            + " when 'b' then ' locale_provider builtin builtin_locale '"
            + " || quote_literal(to_jsonb(d) ->> 'datlocale') else '' end)"
            + " from pg_database d where datname = current_database()";
    return beside.ask(server, sql, PATIENCE).first();
  }

  /** Which of some types and collations the coordinator has. */
  private Set<String> known(Address server, List<String> wanted) throws ServerQueryException {
    if (wanted.isEmpty()) {
      return Set.of();
    }
    String names = wanted.stream().map(Quoted::text).collect(Collectors.joining(", "));
    String sql =
        "select x from unnest(array["
            + names
            + "]) x where to_regtype(x) is not null or to_regcollation(x) is not null";
    Set<String> known = new HashSet<>();
    coordinator
        .ask(server, sql, PATIENCE)
        .rows()
        .forEach(row -> known.add(String.valueOf(row.getFirst())));
    return known;
  }

  /** Whether anything had to be changed. */
  private boolean apply(Address server, Layout layout, String fingerprint)
      throws ServerQueryException {
    boolean differs =
        !coordinator.ask(server, Layout.APPLIED, PATIENCE).first().equals(fingerprint);
    if (differs) {
      coordinator.ask(server, layout.script(), PATIENCE_TO_MAKE);
      LOG.log(
          System.Logger.Level.INFO,
          "the foreign tables of {0} on {1} are in step with the shards{2}",
          terms.config().database(),
          server,
          layout.leftOut().isEmpty() ? "" : ", without " + layout.leftOut());
    }
    if (differs || !loggedIn) {
      coordinator.ask(server, layout.logins(), PATIENCE);
      loggedIn = true;
    }
    return differs;
  }

  /** Nobody needs it any more. */
  void close() {
    accounts.forEach(Account::retire);
  }
}

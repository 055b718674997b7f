package dev.terrace.sql;

import dev.terrace.config.SqlConfig.AuthMethod;
import dev.terrace.config.SqlConfig.UserConfig;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.EventLoops;
import dev.terrace.net.tls.MemberTls;
import dev.terrace.sql.auth.ServerPassword;
import dev.terrace.sql.auth.Users;
import dev.terrace.sql.cache.KeptResults;
import dev.terrace.sql.coordinate.CoordinatorTerms;
import dev.terrace.sql.plan.CacheTerms;
import dev.terrace.sql.plan.StatementPlanner;
import dev.terrace.sql.server.Account;
import dev.terrace.sql.server.Accounts;
import dev.terrace.sql.server.ServerPools;
import dev.terrace.sql.server.ServerTls;
import dev.terrace.sql.session.Cancels;
import dev.terrace.sql.session.Members;
import dev.terrace.sql.session.Meters;
import dev.terrace.sql.session.Service;
import dev.terrace.sql.session.Shared;
import dev.terrace.sql.session.Survey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The stores that the front serves, by the file that was applied last. */
final class ServedStores {

  private static final class Served {
    final Accounts accounts = new Accounts();
    Optional<Users> users = Optional.empty();
    @Nullable Shared shared;

    void close() {
      accounts.close();
      if (shared != null) {
        shared.close();
      }
    }
  }

  private final EventLoops loops;
  private final Pools pools;
  private final Replication replication;
  private final MemberTls memberTls;
  private final Signals signals;
  private final Cancels cancels;
  private final Survey survey;
  private final Map<String, Served> stores = new ConcurrentHashMap<>();
  private final KeptResults results = new KeptResults();
  private Optional<Users> users = Optional.empty();

  ServedStores(
      EventLoops loops,
      Pools pools,
      Replication replication,
      MemberTls memberTls,
      Signals signals,
      Cancels cancels,
      Survey survey) {
    this.loops = loops;
    this.pools = pools;
    this.replication = replication;
    this.memberTls = memberTls;
    this.signals = signals;
    this.cancels = cancels;
    this.survey = survey;
  }

  /** Serves by the file from now on; sessions go on with stores that are gone. */
  Map<String, Shared> configure(TerraceConfig file, ServerPools servers) {
    results.configure(CacheTerms.config(file));
    users =
        file.sql().users().isEmpty()
            ? Optional.empty()
            : Optional.of(Users.of(file.sql().users(), Optional.empty(), users));
    Map<String, Shared> shared = new LinkedHashMap<>();
    for (String name : file.sql().served(file.databases())) {
      StoreConfig config = file.databases().get(name);
      if (config == null) {
        throw new IllegalArgumentException("no store '" + name + "'");
      }
      Served served = stores.computeIfAbsent(name, n -> new Served());
      Service service = service(file, name, config, served);
      Shared before = served.shared;
      if (before == null) {
        before = new Shared(loops, servers, cancels, survey, results, service, signals);
        served.shared = before;
      } else {
        before.service(service);
      }
      shared.put(name, before);
    }
    List<Served> gone =
        stores.entrySet().stream()
            .filter(each -> !shared.containsKey(each.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    gone.forEach(Served::close);
    stores.values().removeAll(gone);
    return shared;
  }

  /** Whether clients are served that store. */
  boolean serves(String name) {
    return stores.containsKey(name);
  }

  /** Stops what runs beside the sessions. */
  void close() {
    stores.values().forEach(Served::close);
  }

  private Service service(TerraceConfig file, String name, StoreConfig config, Served served) {
    Optional<ServerTls> tls = StoreTls.of(name, config, memberTls);
    Account account =
        served.accounts.configure(
            config.database(), tls, config.login(), config.password().map(ServerPassword::of));
    Users its = users.orElseGet(() -> ownUser(config, served.users));
    served.users = Optional.of(its);
    Meters meters = new Meters(signals, name, config.shards().size());
    meters.retain(config.shards().stream().flatMap(shard -> shard.servers().stream()).toList());
    return new Service(
        name,
        config.database(),
        file.sql(),
        new StatementPlanner(file, name),
        its,
        served.accounts,
        account,
        new Members(pools, name, config, replication),
        CoordinatorTerms.of(file, name, config, tls),
        CacheTerms.of(file, name),
        meters);
  }

  /** Without users in the file, a store's own user is the only one. */
  private static Users ownUser(StoreConfig config, Optional<Users> before) {
    Map<String, UserConfig> own = new HashMap<>();
    config
        .password()
        .ifPresent(password ->
            own.put(
                config.login(),
                new UserConfig(
                    Optional.of(password),
                    AuthMethod.SCRAM_SHA_256,
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty())));
    return Users.of(own, Optional.of(config.login()), before);
  }

  /** The names by which clients may ask for stores: their own, and their databases'. */
  static Map<String, Shared> byDatabase(Map<String, Shared> stores) {
    Map<String, Shared> names = new HashMap<>();
    Set<String> ambiguous = new HashSet<>();
    stores
        .values()
        .forEach(store -> {
          if (names.putIfAbsent(store.service().database(), store) != null) {
            ambiguous.add(store.service().database());
          }
        });
    names.keySet().removeAll(ambiguous);
    names.putAll(stores);
    return names;
  }

  /** The addresses of all servers. */
  static Set<Address> addresses(Map<String, Shared> stores) {
    Set<Address> all = new HashSet<>();
    stores
        .values()
        .forEach(store -> {
          all.addAll(store.service().members().addresses());
          store.service().coordinator().flatMap(CoordinatorTerms::server).ifPresent(all::add);
        });
    return all;
  }
}

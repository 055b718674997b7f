package dev.terrace.sql;

import dev.terrace.config.Secret;
import dev.terrace.config.SqlConfig;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.freshness.Role;
import dev.terrace.core.freshness.ShardRoles;
import dev.terrace.core.freshness.StoreRoles.Shard;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.BindFailure;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Front;
import dev.terrace.net.Listeners;
import dev.terrace.sql.auth.ServerPassword;
import dev.terrace.sql.auth.Users;
import dev.terrace.sql.plan.StatementPlanner;
import dev.terrace.sql.server.Account;
import dev.terrace.sql.server.ServerPools;
import dev.terrace.sql.session.ClientHandler;
import dev.terrace.sql.session.Members;
import dev.terrace.sql.session.Meters;
import dev.terrace.sql.session.Service;
import dev.terrace.sql.session.Shared;
import dev.terrace.sql.wire.SqlError;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The SQL front of one store: clients speak PostgreSQL's protocol 3.0 to it. */
public final class SqlFront implements Front<TerraceConfig> {

  private static final Duration CONNECT_TIMEOUT_MAX = Duration.ofSeconds(2);

  private final EventLoops loops;
  private final Pools pools;
  private final Replication replication;
  private final Signals signals;
  private final Listeners listeners;
  private volatile @Nullable Shared shared;
  private volatile @Nullable ServerPools servers;
  private Optional<Users> users = Optional.empty();
  private Optional<ServerPassword> password = Optional.empty();

  /**
   * A front that does not listen yet.
   *
   * @param pools has the pools of the store's shards whenever {@link #configure} is called
   * @param replication who is primary and how far replicas are, kept by whoever checks them
   */
  public SqlFront(EventLoops loops, Pools pools, Replication replication, Signals signals) {
    this.loops = loops;
    this.pools = pools;
    this.replication = replication;
    this.signals = signals;
    this.listeners = new Listeners(loops, "sql", signals, this::accept);
    replication.roles().follow(this::rolesChanged);
  }

  /** Who is primary no more gets nothing more, and what is under way there is ended. */
  private void rolesChanged(Shard shard, ShardRoles before, ShardRoles now) {
    Shared serving = shared;
    ServerPools connections = servers;
    if (serving == null
        || connections == null
        || !serving.service().store().equals(shard.store())) {
      return;
    }
    for (String server : now.servers()) {
      boolean fenced = now.role(server).kind() == Role.Kind.FENCED;
      boolean followed = server.equals(before.place()) && !server.equals(now.place());
      if (followed || (fenced && before.role(server).kind() != Role.Kind.FENCED)) {
        connections.cut(
            Address.parse(server),
            SqlError.error(
                "57P01", server + " is not the primary any more: " + now.place() + " is"));
      }
    }
  }

  private void accept(Channel client) {
    Shared now = shared;
    if (now == null) {
      client.close();
    } else {
      client.pipeline().addLast(new ClientHandler(now, client));
    }
  }

  @Override
  public synchronized void configure(TerraceConfig file) throws BindFailure {
    List<Address> addresses = file.listen().sql();
    if (addresses.isEmpty()) {
      listeners.configure(List.of(), 1, file.runtime().drainTimeout());
      return;
    }
    String store = storeName(file);
    StoreConfig config = file.stores().get(store);
    if (config == null) {
      throw new IllegalArgumentException("no store '" + store + "'");
    }
    Service service = service(file, store, config);
    ServerPools.Terms terms = terms(file.sql(), config);
    if (servers == null) {
      servers = new ServerPools(loops, terms);
    } else {
      servers.configure(terms, service.members().addresses());
    }
    gauges(service.members(), servers);
    Shared before = shared;
    if (before == null) {
      shared = new Shared(loops, servers, service, signals);
    } else {
      before.service(service);
    }
    listeners.configure(addresses, file.runtime().maxConnections(), file.runtime().drainTimeout());
  }

  private static String storeName(TerraceConfig file) {
    return file.sql()
        .store()
        .orElseGet(() -> {
          if (file.stores().size() != 1) {
            throw new IllegalArgumentException(
                "sql.store must name one of the stores " + file.stores().keySet());
          }
          return file.stores().keySet().iterator().next();
        });
  }

  private Service service(TerraceConfig file, String store, StoreConfig config) {
    Map<String, Secret> passwords = new LinkedHashMap<>();
    file.sql().users().forEach((user, its) -> passwords.put(user, its.password()));
    if (passwords.isEmpty()) {
      config.password().ifPresent(its -> passwords.put(config.login(), its));
    }
    Users next = Users.of(passwords, Optional.of(config.login()), users);
    users = Optional.of(next);
    return new Service(
        store,
        config.database(),
        file.sql(),
        new StatementPlanner(file, store),
        next,
        new Members(pools, store, config, replication),
        new Meters(signals, store, config.shards().size()));
  }

  private ServerPools.Terms terms(SqlConfig sql, StoreConfig config) {
    Optional<ServerPassword> before = password;
    password =
        config
            .password()
            .map(secret ->
                before.filter(p -> p.is(secret)).orElseGet(() -> new ServerPassword(secret)));
    Duration connectTimeout =
        sql.loginTimeout().compareTo(CONNECT_TIMEOUT_MAX) < 0
            ? sql.loginTimeout()
            : CONNECT_TIMEOUT_MAX;
    return new ServerPools.Terms(
        new Account(config.login(), config.database(), password),
        sql.maxServerConnections(),
        connectTimeout,
        sql.acquireTimeout(),
        sql.idleTimeout());
  }

  private void gauges(Members members, ServerPools of) {
    for (Pool pool : members.pools()) {
      for (PoolMember member : pool.snapshot().members()) {
        Address address = member.member().address();
        signals.gauge(
            () -> of.idle(address), Metric.BACKEND_CONNECTIONS, pool.name(), member.id(), "idle");
        signals.gauge(
            () -> of.open(address) - of.idle(address),
            Metric.BACKEND_CONNECTIONS,
            pool.name(),
            member.id(),
            "busy");
      }
    }
  }

  /** The addresses listened on, with the ports that the system chose where 0 was asked for. */
  public List<Address> addresses() {
    return listeners.addresses();
  }

  @Override
  public CompletableFuture<Void> drain(Duration deadline) {
    return listeners.drain(deadline);
  }

  @Override
  public synchronized void close() {
    listeners.close();
    Shared last = shared;
    if (last != null) {
      last.close();
    }
    if (servers != null) {
      servers.close();
    }
  }
}

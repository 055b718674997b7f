package dev.terrace.sql;

import dev.terrace.config.SqlConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.freshness.Role;
import dev.terrace.core.freshness.ShardRoles;
import dev.terrace.core.freshness.StoreRoles.Shard;
import dev.terrace.core.freshness.TableWrites;
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
import dev.terrace.net.tls.CertificateStore;
import dev.terrace.net.tls.MemberTls;
import dev.terrace.net.tls.TlsServer;
import dev.terrace.sql.cache.Touched;
import dev.terrace.sql.cache.Writing;
import dev.terrace.sql.operate.Pauses;
import dev.terrace.sql.plan.View;
import dev.terrace.sql.server.ServerPools;
import dev.terrace.sql.session.Cancels;
import dev.terrace.sql.session.Entrance;
import dev.terrace.sql.session.Members;
import dev.terrace.sql.session.Shared;
import dev.terrace.sql.session.Survey;
import dev.terrace.sql.session.ViewRows;
import dev.terrace.sql.wire.SqlError;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The SQL front: clients speak PostgreSQL's protocol 3 to it. */
public final class SqlFront implements Front<TerraceConfig> {

  private static final Duration CONNECT_TIMEOUT_MAX = Duration.ofSeconds(2);

  private final EventLoops loops;
  private final Signals signals;
  private final Listeners listeners;
  private final TlsServer tls;
  private final Cancels cancels = new Cancels();
  private final Survey survey;
  private final ServedStores stores;
  private final TopStatements top;
  private volatile @Nullable Entrance entrance;
  private volatile @Nullable ServerPools servers;

  /**
   * A front that does not listen yet.
   *
   * @param pools has the pools of the stores' shards whenever {@link #configure} is called
   * @param replication who is primary and how far replicas are, kept by whoever checks them
   * @param certificates what clients are shown; has the file's whenever configure is called
   * @param memberTls what secures connections to servers, likewise
   */
  public SqlFront(
      EventLoops loops,
      Pools pools,
      Replication replication,
      CertificateStore certificates,
      MemberTls memberTls,
      Signals signals) {
    this.loops = loops;
    this.signals = signals;
    this.tls = certificates.server("sql", List.of("postgresql"));
    this.survey = new Survey(loops, cancels, this::served, () -> servers);
    this.stores = new ServedStores(loops, pools, replication, memberTls, signals, cancels, survey);
    this.top = new TopStatements(survey, signals);
    signals.gauge(() -> survey.pauses().waits(0), Metric.SQL_PAUSED);
    this.listeners = new Listeners(loops, "sql", signals, this::accept);
    replication.roles().follow(this::rolesChanged);
  }

  /** Who is primary no more gets nothing more, and what is under way there is ended. */
  private void rolesChanged(Shard shard, ShardRoles before, ShardRoles now) {
    ServerPools connections = servers;
    if (connections == null || !stores.serves(shard.store())) {
      return;
    }
    // What was committed last may be lost, and what was read of late with it: another server lacks
    // it, or the same one if it was not on its disk when it crashed.
    boolean another = !before.place().equals(now.place());
    Shared store = served().get(shard.store());
    if (store != null && (another || (now.primaryUp() && !before.primaryUp()))) {
      store.cache().forget();
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

  private Map<String, Shared> served() {
    Entrance now = entrance;
    return now == null ? Map.of() : now.terms().stores();
  }

  /** Whether results of a store can be kept by now: its servers' catalogue is known. */
  boolean mayKeep(String store) {
    Shared served = served().get(store);
    return served != null && served.cache().isOn() && served.cache().knowsCatalogue();
  }

  /** Takes note of writes to stores' tables that do not pass here. */
  public TableWrites tableWrites() {
    return (store, table) -> {
      Shared served = served().get(store);
      if (served == null) {
        return surely -> {};
      }
      Writing writing = served.cache().begin(Touched.of(table));
      return surely -> {
        if (surely) {
          served.cache().end(writing);
        } else {
          served.cache().leave(writing);
        }
      };
    };
  }

  /**
   * Forgets what is kept of a store's results.
   *
   * @return how many they were
   */
  public int purge(String store) {
    Shared served = served().get(store);
    return served == null ? 0 : served.cache().purge();
  }

  /** Holds statements back from stores. */
  public Pauses pauses() {
    return survey.pauses();
  }

  /** The names of the stores that clients are served. */
  public Set<String> storeNames() {
    return Set.copyOf(served().keySet());
  }

  /** The rows of views, as operators see them, each with its columns in their order. */
  public CompletableFuture<Map<View, List<List<@Nullable Object>>>> look(Set<View> views) {
    return ViewRows.of(survey, views);
  }

  /**
   * Ends sessions, and cancels what they run.
   *
   * @param pid the one with that process number; if empty, all of the user
   * @return how many
   */
  public CompletableFuture<Integer> kill(OptionalInt pid, String user) {
    return survey.kill(pid, user);
  }

  private void accept(Channel client) {
    Entrance now = entrance;
    if (now == null) {
      client.close();
    } else {
      now.accept(client);
    }
  }

  @Override
  public synchronized void configure(TerraceConfig file) throws BindFailure {
    List<Address> addresses = file.listen().sql();
    if (addresses.isEmpty()) {
      listeners.configure(List.of(), 1, file.runtime().drainTimeout());
      return;
    }
    ServerPools.Terms terms = terms(file.sql());
    ServerPools pools = servers;
    if (pools == null) {
      pools = new ServerPools(loops, terms);
      servers = pools;
    }
    Map<String, Shared> served = stores.configure(file, pools);
    pools.configure(terms, ServedStores.addresses(served));
    for (Shared store : served.values()) {
      gauges(store.service().members(), pools);
    }
    enter(
        new Entrance.Terms(
            file.sql(),
            served,
            ServedStores.byDatabase(served),
            file.sql().tls().isPresent() ? Optional.of(tls) : Optional.empty()));
    tls.handshakeTimeout(file.sql().loginTimeout());
    listeners.configure(addresses, file.runtime().maxConnections(), file.runtime().drainTimeout());
  }

  private void enter(Entrance.Terms terms) {
    Entrance before = entrance;
    if (before == null) {
      entrance = new Entrance(loops, signals, cancels, terms);
    } else {
      before.terms(terms);
    }
  }

  private static ServerPools.Terms terms(SqlConfig sql) {
    Duration connectTimeout =
        sql.loginTimeout().compareTo(CONNECT_TIMEOUT_MAX) < 0
            ? sql.loginTimeout()
            : CONNECT_TIMEOUT_MAX;
    return new ServerPools.Terms(
        sql.maxServerConnections(),
        connectTimeout,
        sql.acquireTimeout(),
        sql.maxWaiting(),
        sql.idleTimeout(),
        sql.serverLifetime(),
        sql.reset());
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
        signals.gauge(() -> of.waiting(address), Metric.SQL_WAITING, pool.name(), member.id());
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
    top.close();
    stores.close();
    if (servers != null) {
      servers.close();
    }
    if (entrance != null) {
      entrance.close();
    }
  }
}

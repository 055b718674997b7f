package dev.terrace.sql.server;

import dev.terrace.core.pool.Address;
import dev.terrace.net.EventLoops;
import dev.terrace.sql.wire.SqlError;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to servers, lent for a transaction each. A connection that does not
 * come back clean is closed. Who finds none waits in turn, for the time the file allows.
 */
public final class ServerPool {

  /** Takes the outcome of {@link #acquire}; called on the loop, perhaps before acquire returns. */
  public interface Acquired {
    /** Here is the connection; it must be released or closed. */
    void connected(ServerConnection connection);

    /** There is none. */
    void failed(ServerFailure failure);
  }

  private record Idle(ServerConnection connection, long sinceNanos) {}

  private static final class Server {
    final Map<Account, Deque<Idle>> idle = new HashMap<>();
    final Deque<Waiter> waiters = new ArrayDeque<>();
    final Set<ServerConnection> all = new HashSet<>();
    int cuts;

    Deque<Idle> idle(Account account) {
      return idle.computeIfAbsent(account, a -> new ArrayDeque<>());
    }

    /** The connection of any other account that nobody has used for longest. */
    @Nullable Idle oldest(@Nullable Account but) {
      Idle oldest = null;
      for (Map.Entry<Account, Deque<Idle>> each : idle.entrySet()) {
        Idle last = each.getKey() == but ? null : each.getValue().peekLast();
        if (last != null && (oldest == null || last.sinceNanos() - oldest.sinceNanos() < 0)) {
          oldest = last;
        }
      }
      return oldest;
    }
  }

  private static final class Waiter {
    final Account account;
    final Acquired acquired;
    @Nullable ScheduledFuture<?> timeout;

    Waiter(Account account, Acquired acquired) {
      this.account = account;
      this.acquired = acquired;
    }
  }

  private static final ServerFailure CUT =
      new ServerFailure(ServerFailure.Kind.UNREACHABLE, "nothing may be sent to it any more");

  /** How many idle connections are looked at for one with the right settings. */
  private static final int LOOK_MAX = 32;

  private final ServerPools shared;
  private final EventLoops loops;
  private final EventLoop loop;
  private final int index;
  private final ServerCounts counts;
  private final Map<Address, Server> servers = new HashMap<>();
  private boolean closed;

  ServerPool(ServerPools shared, EventLoops loops, EventLoop loop, int index, ServerCounts counts) {
    this.shared = shared;
    this.loops = loops;
    this.loop = loop;
    this.index = index;
    this.counts = counts;
  }

  EventLoop loop() {
    return loop;
  }

  int index() {
    return index;
  }

  private Server server(Address address) {
    return servers.computeIfAbsent(address, a -> new Server());
  }

  /** Lends a connection of that account, best one that has these settings already. */
  public void acquire(Address address, Account account, Settings settings, Acquired acquired) {
    acquire(address, account, settings, shared.terms().maxPerServer(), acquired);
  }

  /**
   * Lends a connection for Terrace's own use, one above the limit if need be: who has all the
   * others may be waiting for what it is to do.
   */
  void acquireOwn(Address address, Account account, Acquired acquired) {
    acquire(address, account, Settings.NONE, shared.terms().maxPerServer() + 1, acquired);
  }

  private void acquire(
      Address address, Account account, Settings settings, int max, Acquired acquired) {
    Server server = server(address);
    if (server.waiters.isEmpty()) {
      ServerConnection idle = takeIdle(address, server.idle(account), settings);
      if (idle != null) {
        acquired.connected(idle);
        return;
      }
      if (counts.tryOpen(address, index, max)) {
        connect(address, account, acquired);
        return;
      }
    }
    await(address, account, acquired);
    // It makes room, if it is there: whoever waits is served as soon as it is closed.
    Idle unwanted = server.waiters.isEmpty() ? null : server.oldest(account);
    if (unwanted != null) {
      unwanted.connection().close();
    }
  }

  private @Nullable ServerConnection takeIdle(
      Address address, Deque<Idle> idle, Settings settings) {
    int looked = 0;
    for (Iterator<Idle> latest = idle.iterator(); latest.hasNext() && looked < LOOK_MAX; looked++) {
      Idle candidate = latest.next();
      if (candidate.connection().isClean() && candidate.connection().settings().equals(settings)) {
        latest.remove();
        counts.idle(address, -1);
        return candidate.connection();
      }
    }
    for (Idle latest = idle.poll(); latest != null; latest = idle.poll()) {
      counts.idle(address, -1);
      if (latest.connection().isClean()) {
        return latest.connection();
      }
      // The server is just closing it.
      latest.connection().close();
    }
    return null;
  }

  private void await(Address address, Account account, Acquired acquired) {
    Server server = server(address);
    if (server.waiters.size() >= shared.terms().maxWaiting()) {
      acquired.failed(
          new ServerFailure(
              ServerFailure.Kind.BUSY,
              server.waiters.size() + " clients wait for a connection to " + address + " already"));
      return;
    }
    Waiter waiter = new Waiter(account, acquired);
    server.waiters.add(waiter);
    counts.waiting(address, index, 1);
    long patience = shared.terms().acquireTimeout().toMillis();
    waiter.timeout =
        loop.schedule(
            () -> {
              if (server.waiters.remove(waiter)) {
                counts.waiting(address, index, -1);
                acquired.failed(
                    new ServerFailure(
                        ServerFailure.Kind.BUSY,
                        "all "
                            + shared.terms().maxPerServer()
                            + " connections to "
                            + address
                            + " stayed busy for "
                            + patience
                            + " ms"));
              }
            },
            patience,
            TimeUnit.MILLISECONDS);
    shared.wanted(address, index);
  }

  /** Spread over a tenth, so that connections opened together do not end together. */
  private long endNanos() {
    double share = 0.9 + 0.1 * ThreadLocalRandom.current().nextDouble();
    return System.nanoTime() + (long) (shared.terms().lifetime().toNanos() * share);
  }

  private void connect(Address address, Account account, Acquired acquired) {
    Server server = server(address);
    int cuts = server.cuts;
    ServerLogin login =
        new ServerLogin(
            account,
            new ServerLogin.Outcome() {
              @Override
              public void loggedIn(Channel channel, ServerConnection.LoggedIn told) {
                ServerConnection connection =
                    new ServerConnection(channel, address, account, told, endNanos());
                channel.pipeline().replace(ServerLogin.class, "connection", connection);
                if (server.cuts != cuts) {
                  connection.close();
                  acquired.failed(CUT);
                  return;
                }
                server.all.add(connection);
                channel.closeFuture().addListener(gone -> server.all.remove(connection));
                acquired.connected(connection);
              }

              @Override
              public void failed(ServerFailure failure) {
                acquired.failed(failure);
              }
            });
    Duration patience = shared.terms().connectTimeout();
    Bootstrap bootstrap =
        loops
            .client(loop, patience)
            .handler(TlsRequest.before(login, account.tls(), address, patience));
    ChannelFuture connecting = bootstrap.connect(EventLoops.unresolved(address));
    ScheduledFuture<?> timeout =
        loop.schedule(
            login::timeOut, 2 * shared.terms().connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
    whenGone(address, connecting, timeout);
    connecting.addListener(done -> {
      if (!done.isSuccess()) {
        login.unreachable(done.cause());
      }
    });
  }

  private void whenGone(Address address, ChannelFuture connecting, ScheduledFuture<?> timeout) {
    connecting
        .channel()
        .closeFuture()
        .addListener(c -> {
          timeout.cancel(false);
          counts.closed(address, index);
          forgetIdle(address, connecting.channel());
          shared.freed(address);
        });
  }

  private void forgetIdle(Address address, Channel channel) {
    for (Deque<Idle> idle : server(address).idle.values()) {
      if (idle.removeIf(one -> one.connection().channel().equals(channel))) {
        counts.idle(address, -1);
      }
    }
  }

  /** Takes a connection back; only a clean one is lent again. */
  public void release(ServerConnection connection) {
    connection.unuse();
    Address address = connection.address();
    boolean wanted = !closed && !connection.account().isRetired();
    if (!wanted || !connection.isClean() || connection.isOld(System.nanoTime())) {
      connection.close();
    } else if (connection.isSuspect()) {
      Wiper.wipe(connection, this, shared.terms().reset());
    } else if (counts.owes(address, index, shared.terms().maxPerServer())) {
      connection.close();
    } else {
      lend(address, connection);
    }
  }

  private void lend(Address address, ServerConnection connection) {
    Server server = server(address);
    Waiter waiter = server.waiters.peek();
    if (waiter == null) {
      counts.idle(address, 1);
      server.idle(connection.account()).push(new Idle(connection, System.nanoTime()));
    } else if (waiter.account != connection.account()) {
      // Who waits first has another account: this connection makes room for one of that.
      connection.close();
    } else {
      server.waiters.remove();
      served(address, waiter);
      // Not from within the stack of the one who releases: that one is in the midst of things.
      loop.execute(() -> {
        if (connection.isClean()) {
          waiter.acquired.connected(connection);
        } else {
          acquire(address, waiter.account, connection.settings(), waiter.acquired);
        }
      });
    }
  }

  private void served(Address address, Waiter waiter) {
    counts.waiting(address, index, -1);
    if (waiter.timeout != null) {
      waiter.timeout.cancel(false);
    }
  }

  /** Opens connections for those who wait, as many as the limit has become free for. */
  void serve(Address address) {
    Server server = server(address);
    while (!server.waiters.isEmpty()
        && counts.tryOpen(address, index, shared.terms().maxPerServer())) {
      Waiter waiter = server.waiters.remove();
      served(address, waiter);
      connect(address, waiter.account, waiter.acquired);
    }
  }

  /** Closes an idle connection if another loop waits and has less. */
  void shed(Address address) {
    Server server = server(address);
    if (counts.owes(address, index, shared.terms().maxPerServer())) {
      Idle oldest = server.oldest(null);
      if (oldest != null) {
        oldest.connection().close();
      }
    }
  }

  /** Ends all connections to a server, whatever they do; who waits for one is told to go on. */
  void cut(Address address, SqlError why) {
    Server server = server(address);
    server.cuts++;
    List.copyOf(server.all).forEach(connection -> connection.end(why));
    for (Waiter waiter = server.waiters.poll(); waiter != null; waiter = server.waiters.poll()) {
      served(address, waiter);
      waiter.acquired.failed(CUT);
    }
  }

  /** All connections that are open. */
  public List<ServerConnection> connections() {
    return servers.values().stream().flatMap(server -> server.all.stream()).toList();
  }

  /** Closes the idle connections that are not wanted any more. */
  void retain(Set<Address> wanted) {
    closeIdle(idle ->
        !wanted.contains(idle.connection().address()) || idle.connection().account().isRetired());
  }

  void close() {
    closed = true;
    closeIdle(idle -> true);
  }

  private void closeIdle(Predicate<Idle> which) {
    List<ServerConnection> gone = new ArrayList<>();
    servers
        .values()
        .forEach(server ->
            server
                .idle
                .values()
                .forEach(
                    idle -> idle.stream().filter(which).map(Idle::connection).forEach(gone::add)));
    // Closing takes them out of the queue.
    gone.forEach(ServerConnection::close);
    servers.values().forEach(server -> server.idle.values().removeIf(Deque::isEmpty));
  }

  void scheduleSweep() {
    long every = Math.max(100, shared.terms().idleTimeout().toMillis() / 4);
    loop.schedule(this::sweep, every, TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    if (closed) {
      return;
    }
    long now = System.nanoTime();
    long keep = shared.terms().idleTimeout().toNanos();
    closeIdle(idle -> now - idle.sinceNanos() > keep || idle.connection().isOld(now));
    scheduleSweep();
  }
}

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
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
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

  private static final class Server {
    final IdleConnections idle = new IdleConnections();
    final Deque<Waiter> waiters = new ArrayDeque<>();
    final Set<ServerConnection> all = new HashSet<>();
    int cuts;
  }

  private static final ServerFailure CUT =
      new ServerFailure(ServerFailure.Kind.UNREACHABLE, "nothing may be sent to it any more");

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

  /**
   * Lends a connection of that account, best one that has these settings already, or on which the
   * owner has left something.
   */
  public void acquire(
      Address address, Account account, Settings settings, Owner owner, Acquired acquired) {
    acquire(address, new Wish(account, settings, owner, acquired), shared.terms().maxPerServer());
  }

  /**
   * Lends a connection for Terrace's own use, one above the limit if need be: who has all the
   * others may be waiting for what it is to do.
   */
  void acquireOwn(Address address, Account account, Acquired acquired) {
    Wish wish = new Wish(account, Settings.NONE, new Owner(), acquired);
    acquire(address, wish, shared.terms().maxPerServer() + 1);
  }

  private void acquire(Address address, Wish wish, int max) {
    Server server = server(address);
    if (server.waiters.isEmpty()) {
      ServerConnection idle = takeIdle(address, wish);
      if (idle != null) {
        give(idle, wish);
        return;
      }
      if (counts.tryOpen(address, index, max)) {
        connect(address, wish);
        return;
      }
    }
    await(address, wish);
    // It makes room, if it is there: whoever waits is served as soon as it is closed.
    ServerConnection unwanted =
        server.waiters.isEmpty() ? null : server.idle.oldest(wish.account());
    if (unwanted != null) {
      unwanted.close();
    }
  }

  private @Nullable ServerConnection takeIdle(Address address, Wish wish) {
    IdleConnections idle = server(address).idle;
    while (true) {
      ServerConnection found = idle.take(wish.account(), wish.settings(), wish.owner());
      if (found == null) {
        return null;
      }
      counts.idle(address, -1);
      if (found.isClean()) {
        return found;
      }
      found.close();
    }
  }

  /** Gives out a connection, wiped of what another may have left on it. */
  private void give(ServerConnection connection, Wish wish) {
    if (!connection.isClean()) {
      connection.close();
      acquire(connection.address(), wish, shared.terms().maxPerServer());
    } else if (connection.isStrangeTo(wish)) {
      Wiper.wipe(connection, shared.terms().reset(), () -> give(connection, wish));
    } else {
      connection.own(wish.owner());
      wish.acquired().connected(connection);
    }
  }

  /** Takes that very connection, if nobody has had it since the owner did. */
  public boolean take(ServerConnection connection, Owner owner) {
    Address address = connection.address();
    boolean taken =
        connection.owner() == owner
            && connection.isClean()
            && server(address).idle.take(connection);
    if (taken) {
      counts.idle(address, -1);
    }
    return taken;
  }

  /** The owner is gone: what it may have left is wiped. */
  public void goes(Owner owner) {
    owner.goes();
    if (owner.hasLeftUnknown()) {
      servers.forEach((address, server) -> {
        for (ServerConnection left : server.idle.takeUnknown(owner)) {
          counts.idle(address, -1);
          release(left);
        }
      });
    }
  }

  private void await(Address address, Wish wish) {
    Server server = server(address);
    if (server.waiters.size() >= shared.terms().maxWaiting()) {
      wish.acquired()
          .failed(
              new ServerFailure(
                  ServerFailure.Kind.BUSY,
                  server.waiters.size()
                      + " clients wait for a connection to "
                      + address
                      + " already"));
      return;
    }
    Waiter waiter = new Waiter(wish);
    server.waiters.add(waiter);
    counts.waiting(address, index, 1);
    long patience = shared.terms().acquireTimeout().toMillis();
    waiter.timeout =
        loop.schedule(
            () -> {
              if (server.waiters.remove(waiter)) {
                counts.waiting(address, index, -1);
                wish.acquired()
                    .failed(
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

  private void connect(Address address, Wish wish) {
    Account account = wish.account();
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
                  wish.acquired().failed(CUT);
                  return;
                }
                server.all.add(connection);
                channel.closeFuture().addListener(gone -> server.all.remove(connection));
                connection.own(wish.owner());
                wish.acquired().connected(connection);
              }

              @Override
              public void failed(ServerFailure failure) {
                wish.acquired().failed(failure);
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
          if (server(address).idle.forget(connecting.channel())) {
            counts.idle(address, -1);
          }
          shared.freed(address, index);
        });
  }

  /** Takes a connection back; only a clean one is lent again. */
  public void release(ServerConnection connection) {
    connection.unuse();
    Address address = connection.address();
    boolean unwanted = closed || connection.account().isRetired();
    if (unwanted || !connection.isClean() || connection.isOld(System.nanoTime())) {
      connection.close();
    } else if (mustBeWiped(connection)) {
      Wiper.wipe(
          connection,
          shared.terms().reset(),
          () -> {
            if (connection.isClean()) {
              release(connection);
            }
          });
    } else if (counts.owes(address, index, shared.terms().maxPerServer())) {
      connection.close();
    } else {
      lend(address, connection);
    }
  }

  /** Its owner may want what it has left; nobody else does. */
  private boolean mustBeWiped(ServerConnection connection) {
    boolean waitedFor = !server(connection.address()).waiters.isEmpty();
    return connection.isSuspect()
        || (connection.isUnknown() && (waitedFor || connection.owner().isGone()));
  }

  private void lend(Address address, ServerConnection connection) {
    Server server = server(address);
    Waiter waiter = server.waiters.peek();
    if (waiter == null) {
      counts.idle(address, 1);
      server.idle.put(connection);
    } else if (waiter.wish.account() != connection.account()) {
      // Who waits first has another account: this connection makes room for one of that.
      connection.close();
    } else {
      server.waiters.remove();
      served(address, waiter);
      // Not from within the stack of the one who releases: that one is in the midst of things.
      loop.execute(() -> give(connection, waiter.wish));
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
      connect(address, waiter.wish);
    }
  }

  /** Closes an idle connection if another loop waits and has less. */
  void shed(Address address) {
    Server server = server(address);
    if (counts.owes(address, index, shared.terms().maxPerServer())) {
      ServerConnection oldest = server.idle.oldest(null);
      if (oldest != null) {
        oldest.close();
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
      waiter.wish.acquired().failed(CUT);
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

  private void closeIdle(Predicate<IdleConnections.Idle> which) {
    // Closing takes them out.
    servers.values().forEach(server -> server.idle.find(which).forEach(ServerConnection::close));
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

package dev.terrace.sql.session;

import dev.terrace.config.SqlConfig;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.EventLoops;
import dev.terrace.net.tls.TlsServer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** The way into the front: which stores clients may ask for, and on what terms. */
public final class Entrance {

  /**
   * What the file says of it.
   *
   * @param stores by their names
   * @param databases the same, by the names that clients may ask for
   * @param tls what secures connections, if they may be secured
   */
  public record Terms(
      SqlConfig config,
      Map<String, Shared> stores,
      Map<String, Shared> databases,
      Optional<TlsServer> tls) {

    Optional<Shared> find(String database) {
      return Optional.ofNullable(databases.get(database));
    }

    /** Whom a client is measured by that asks for a database which does not exist. */
    Shared first() {
      return stores.values().iterator().next();
    }
  }

  private final Map<String, UserMemory> memories = new ConcurrentHashMap<>();
  private final Signals signals;
  private final Cancels cancels;
  private final Occupancy occupancy = new Occupancy();
  private final AtomicInteger arriving = new AtomicInteger();
  private final IdentityHashMap<EventLoop, Overdue> overdue = new IdentityHashMap<>();
  private volatile Terms terms;

  /** An entrance to the stores of a first file. */
  public Entrance(EventLoops loops, Signals signals, Cancels cancels, Terms terms) {
    this.signals = signals;
    this.cancels = cancels;
    this.terms = terms;
    Supplier<SqlConfig> config = () -> this.terms.config();
    loops.all().forEach(loop -> overdue.put(loop, new Overdue(loop, config)));
    signals.gauge(arriving::get, Metric.SQL_LOGINS_RUNNING);
    measure(terms);
  }

  /** Lets clients in on these terms from now on. */
  public void terms(Terms next) {
    terms = next;
    measure(next);
  }

  private void measure(Terms of) {
    for (String store : of.stores().keySet()) {
      signals.gauge(() -> occupancy.of(store), Metric.SQL_CLIENTS, store);
    }
  }

  /** Takes a connection that was just accepted. */
  public void accept(Channel client) {
    client.pipeline().addLast(new ClientHandler(this, new Arrival(this, client), client));
  }

  /** The terms by now. */
  public Terms terms() {
    return terms;
  }

  Cancels cancels() {
    return cancels;
  }

  /** What is kept for all sessions of a user. */
  UserMemory memory(String user) {
    return memories.computeIfAbsent(
        user,
        name -> {
          UserMemory made = new UserMemory();
          signals.gauge(made::bytes, Metric.SQL_USER_MEMORY, name);
          return made;
        });
  }

  Occupancy occupancy() {
    return occupancy;
  }

  /** What ends sessions of that loop that are silent or busy for too long. */
  Overdue overdue(EventLoop loop) {
    Overdue found = overdue.get(loop);
    if (found == null) {
      throw new IllegalArgumentException("not one of the loops");
    }
    return found;
  }

  /** Counts a client that begins to log in; false if too many do. */
  boolean tryArrive() {
    if (arriving.incrementAndGet() > terms.config().maxLogins()) {
      arriving.decrementAndGet();
      return false;
    }
    return true;
  }

  void arrived() {
    arriving.decrementAndGet();
  }

  /** Counts how a login ended. */
  void login(LoginResult result) {
    signals.counter(Metric.SQL_LOGINS, result.label()).increment();
  }

  /** Counts a client that does not speak the protocol. */
  void protocolError() {
    signals.counter(Metric.PROTOCOL_ERRORS, "sql").increment();
  }

  /** Ends what it has begun. */
  public void close() {
    overdue.values().forEach(Overdue::close);
  }
}

package dev.terrace.kv.command;

import dev.terrace.config.KvConfig;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.kv.acl.Users;
import dev.terrace.kv.data.DataTier;
import dev.terrace.kv.data.EntryKey;
import dev.terrace.kv.push.KeyEvents;
import dev.terrace.kv.push.Listener;
import dev.terrace.kv.push.Tracking;
import dev.terrace.kv.resp.RequestParser;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What all connections of the front share. */
public final class Service {

  /**
   * What the file says.
   *
   * @param users who may log in
   * @param port the first one listened on, for {@code INFO}
   */
  public record Served(
      KvConfig config,
      Users users,
      int maxConnections,
      int port,
      RequestParser.Limits limits,
      DataTier.View data) {}

  /** A command's counters. */
  public record Counts(Counter ok, Counter error) {}

  private final Commands commands = new Commands();
  private final Cursors cursors = new Cursors();
  private final Map<Long, Listener> listeners = new ConcurrentHashMap<>();
  private final Tracking tracking = new Tracking(number -> listeners.get(number));
  private final KeyEvents keyEvents = new KeyEvents();
  private final Map<Long, Client> clients = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private final AtomicInteger waiting = new AtomicInteger();
  private final StoreWork storeWork;
  private final LongAdder processed = new LongAdder();
  private final LongSupplier clockMillis;
  private final long startedMillis;
  private final Counts[] counts;
  private final Counter protocolErrors;
  private volatile Served served;

  /**
   * A service.
   *
   * @param storeWork what commands do with stores
   * @param clockMillis the wall clock
   */
  public Service(Served served, Signals signals, StoreWork storeWork, LongSupplier clockMillis) {
    this.served = served;
    this.storeWork = storeWork;
    this.clockMillis = clockMillis;
    this.startedMillis = clockMillis.getAsLong();
    this.protocolErrors = signals.counter(Metric.PROTOCOL_ERRORS, "kv");
    this.counts = new Counts[commands.size() + 1];
    commands.all().forEach(c -> counts[commands.index(c)] = counts(signals, c.name()));
    counts[commands.size()] = counts(signals, "unknown");
  }

  private static Counts counts(Signals signals, String command) {
    return new Counts(
        signals.counter(Metric.KV_COMMANDS, command, "ok"),
        signals.counter(Metric.KV_COMMANDS, command, "error"));
  }

  /** Serves otherwise from now on. */
  public void serve(Served now) {
    served = now;
  }

  /** What is served now. */
  public Served served() {
    return served;
  }

  /** The command of that name, for who has no service. */
  public static Optional<Command> command(byte[] name) {
    return Optional.ofNullable(new Commands().find(name));
  }

  /** The commands there are. */
  public Commands commands() {
    return commands;
  }

  /** A command's counters; for null, those of commands that there are not. */
  public Counts counts(@Nullable Command command) {
    return counts[command == null ? commands.size() : commands.index(command)];
  }

  /** Counts clients that broke the protocol. */
  public Counter protocolErrors() {
    return protocolErrors;
  }

  /** Counts a command. */
  public void processed() {
    processed.increment();
  }

  /** Who is told which keys have changed. */
  public Tracking tracking() {
    return tracking;
  }

  /** Who hears what happens to keys. */
  public KeyEvents keyEvents() {
    return keyEvents;
  }

  @Nullable Listener connection(Client client) {
    return listeners.get(client.id());
  }

  /** Whether a client hears channels. */
  boolean hears(Client client) {
    Listener connection = connection(client);
    return connection != null && keyEvents.hears(connection);
  }

  /** A client has come. */
  public void enter(Client client, Listener connection) {
    clients.put(client.id(), client);
    listeners.put(client.id(), connection);
  }

  /** It is gone. */
  public void leave(Client client, Listener connection) {
    clients.remove(client.id());
    listeners.remove(client.id());
    tracking.stop(connection);
    keyEvents.forget(connection);
  }

  /** A key has changed. */
  public void changed(EntryKey key) {
    tracking.changed(key);
    keyEvents.changed(key);
  }

  Cursors cursors() {
    return cursors;
  }

  long processedSum() {
    return processed.sum();
  }

  /** A number for a new client. */
  public long nextId() {
    return lastId.incrementAndGet();
  }

  /** The clients that are connected, by number. */
  public Map<Long, Client> clients() {
    return clients;
  }

  /** The wall clock. */
  public long nowMillis() {
    return clockMillis.getAsLong();
  }

  long startedMillis() {
    return startedMillis;
  }

  long connectionsEver() {
    return lastId.get();
  }

  /** One command more waits for a store, if it may; {@link #endWait} must follow. */
  public boolean tryWait() {
    if (waiting.incrementAndGet() > served.config().maxWaiting()) {
      waiting.decrementAndGet();
      return false;
    }
    return true;
  }

  /** It waits no more. */
  public void endWait() {
    waiting.decrementAndGet();
  }

  /** What commands do with stores. */
  public StoreWork storeWork() {
    return storeWork;
  }

  int waiting() {
    return waiting.get();
  }
}

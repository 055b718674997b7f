package dev.terrace.sql.session;

import dev.terrace.net.EventLoops;
import dev.terrace.sql.server.Account;
import dev.terrace.sql.server.ServerPools;
import dev.terrace.sql.server.Settings;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What all sessions of a store share. */
public final class Shared {

  private static final int REPORTS_MAX = 1000;

  private final EventLoops loops;
  private final ServerPools pools;
  private final Cancels cancels;
  private final AuthCache authCache = new AuthCache();
  private final AtomicLong schemaVersion = new AtomicLong();
  private final Map<Started, Map<String, String>> reports = new ConcurrentHashMap<>();
  private volatile Service service;

  /** How a session started: as whom, and with which settings. */
  private record Started(Account account, Settings settings) {}

  /** With a first service. */
  public Shared(EventLoops loops, ServerPools pools, Cancels cancels, Service service) {
    this.cancels = cancels;
    this.loops = loops;
    this.pools = pools;
    this.service = service;
  }

  /** Serves by this from now on. */
  public void service(Service next) {
    service = next;
    reports.clear();
  }

  /** What to serve by now. */
  public Service service() {
    return service;
  }

  EventLoops loops() {
    return loops;
  }

  ServerPools pools() {
    return pools;
  }

  Cancels cancels() {
    return cancels;
  }

  /** Grows whenever a statement has passed that may have changed the schema. */
  AtomicLong schemaVersion() {
    return schemaVersion;
  }

  /** What the database said of its users of late. */
  AuthCache authCache() {
    return authCache;
  }

  /** What a server reported to an earlier session that started in the same way. */
  Optional<Map<String, String>> reported(Account account, Settings settings) {
    return Optional.ofNullable(reports.get(new Started(account, settings)));
  }

  void report(Account account, Settings settings, Map<String, String> values) {
    if (reports.size() < REPORTS_MAX) {
      reports.put(new Started(account, settings), values);
    }
  }
}

package dev.terrace.sql.session;

import dev.terrace.net.EventLoops;
import dev.terrace.sql.operate.PauseScope;
import dev.terrace.sql.operate.Pauses;
import dev.terrace.sql.operate.StatementCounts;
import dev.terrace.sql.operate.StatementTotal;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerPools;
import dev.terrace.sql.wire.SqlError;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks into all sessions and connections of the front, each on its own event loop, and ends
 * sessions. May be asked by any thread.
 */
public final class Survey {

  /** A connection to a server as it was seen. */
  record Connection(ServerConnection connection, boolean free) {}

  /** What one event loop has. */
  record Seen(
      List<Glance> sessions,
      List<Connection> connections,
      Map<String, List<StatementTotal>> statements) {}

  private final EventLoops loops;
  private final Cancels cancels;
  private final Supplier<Map<String, Shared>> stores;
  private final Supplier<@Nullable ServerPools> servers;
  private final Pauses pauses = new Pauses(this::running);

  /** A survey of what is served at the time it is asked. */
  public Survey(
      EventLoops loops,
      Cancels cancels,
      Supplier<Map<String, Shared>> stores,
      Supplier<@Nullable ServerPools> servers) {
    this.loops = loops;
    this.cancels = cancels;
    this.stores = stores;
    this.servers = servers;
  }

  /** What holds statements back. */
  public Pauses pauses() {
    return pauses;
  }

  /** The stores that are served. */
  public Map<String, Shared> stores() {
    return stores.get();
  }

  /** Ends sessions and cancels what they run: those of a user, or the one with that number. */
  public CompletableFuture<Integer> kill(OptionalInt pid, String user) {
    return count((process, session) -> {
      boolean meant =
          pid.isPresent() ? pid.getAsInt() == process : session.identity().user().equals(user);
      if (meant) {
        session.time().kill();
      }
      return meant;
    });
  }

  /** The sessions of a store that have had a statement under way for longer. */
  CompletableFuture<List<DeadlockWatch.Stuck>> stuck(String store, Duration longer) {
    Map<EventLoop, Map<Integer, Session>> sessions = byLoop();
    return onLoops(
            loop -> {
              long before = System.nanoTime() - longer.toNanos();
              List<DeadlockWatch.Stuck> stuck = new ArrayList<>();
              sessions
                  .getOrDefault(loop, Map.of())
                  .forEach((pid, session) -> {
                    boolean meant =
                        session.service().store().equals(store)
                            && session.batch().isUnderWay()
                            && session.batch().startedNanos() < before;
                    if (meant) {
                      stuck.add(Glance.stuck(pid, session));
                    }
                  });
              return stuck;
            })
        .thenApply(all -> all.stream().flatMap(List::stream).toList());
  }

  /** Cancels what a session was seen to run, if it still runs that, and says why. */
  void cancel(DeadlockWatch.Stuck seen, SqlError why) {
    cancels.each((pid, session) -> {
      if (pid == seen.pid()) {
        session
            .loop()
            .execute(() -> {
              if (session.batch().isUnderWay() && session.batch().rounds() == seen.rounds()) {
                session.batch().cancelFor(why);
                session.cancel();
              }
            });
      }
    });
  }

  private CompletableFuture<Integer> running(PauseScope scope) {
    Shared store = stores.get().get(scope.store());
    int ending = store == null ? 0 : store.inDoubt().inHand();
    return count((process, session) -> Glance.runs(session, scope))
        .thenApply(running -> ending + running);
  }

  /** What all event loops have. */
  CompletableFuture<List<Seen>> look() {
    Map<EventLoop, Map<Integer, Session>> sessions = byLoop();
    return onLoops(loop -> {
      long nanos = System.nanoTime();
      List<Glance> glances = new ArrayList<>();
      sessions
          .getOrDefault(loop, Map.of())
          .forEach((pid, session) -> glances.add(Glance.of(pid, session, nanos)));
      ServerPools pools = servers.get();
      List<Connection> connections =
          pools == null
              ? List.of()
              : pools.of(loop).connections().stream()
                  .map(connection -> new Connection(connection, connection.isFree()))
                  .toList();
      return new Seen(glances, connections, totals(loop));
    });
  }

  /** What has been counted of each store's statements, those that took the most time first. */
  public CompletableFuture<Map<String, List<StatementTotal>>> statements() {
    return onLoops(this::totals).thenApplyAsync(this::merged, Thread::startVirtualThread);
  }

  private Map<String, List<StatementTotal>> totals(EventLoop loop) {
    Map<String, List<StatementTotal>> totals = new HashMap<>();
    stores.get().forEach((name, store) -> totals.put(name, store.texts(loop).counts().totals()));
    return totals;
  }

  /** One list for each store of what the loops have counted. */
  Map<String, List<StatementTotal>> merged(List<Map<String, List<StatementTotal>>> ofLoops) {
    Map<String, List<StatementTotal>> all = new LinkedHashMap<>();
    for (String store : stores.get().keySet()) {
      all.put(
          store,
          StatementCounts.merged(
              ofLoops.stream()
                  .flatMap(loop -> loop.getOrDefault(store, List.of()).stream())
                  .toList()));
    }
    return all;
  }

  private Map<EventLoop, Map<Integer, Session>> byLoop() {
    Map<EventLoop, Map<Integer, Session>> sessions = new HashMap<>();
    cancels.each((pid, session) ->
        sessions.computeIfAbsent(session.loop(), loop -> new HashMap<>()).put(pid, session));
    return sessions;
  }

  /** How many sessions are such. */
  private CompletableFuture<Integer> count(BiPredicate<Integer, Session> such) {
    Map<EventLoop, Map<Integer, Session>> sessions = byLoop();
    return onLoops(loop ->
            (int)
                sessions.getOrDefault(loop, Map.of()).entrySet().stream()
                    .filter(one -> such.test(one.getKey(), one.getValue()))
                    .count())
        .thenApply(counts -> counts.stream().mapToInt(Integer::intValue).sum());
  }

  private <T> CompletableFuture<List<T>> onLoops(Function<EventLoop, T> asking) {
    List<CompletableFuture<T>> answers = new ArrayList<>();
    for (EventLoop loop : loops.all()) {
      answers.add(CompletableFuture.supplyAsync(() -> asking.apply(loop), loop));
    }
    return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
  }
}

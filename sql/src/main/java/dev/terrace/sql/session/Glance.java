package dev.terrace.sql.session;

import dev.terrace.net.tls.TlsSession;
import dev.terrace.sql.operate.PauseScope;
import dev.terrace.sql.operate.PauseScope.What;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.server.ServerConnection;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can be seen of a session from outside, at one moment.
 *
 * @param pid its process number, as its client knows it
 * @param waitingFor the server that it waits for; empty if it does not wait
 * @param uses the connections to servers that it has
 * @param row its row in the view of all clients
 */
record Glance(
    int pid,
    String store,
    Optional<String> waitingFor,
    long waitNanos,
    List<ServerConnection> uses,
    List<@Nullable Object> row) {

  private static final long MICROS = 1000;

  /** Looks at a session, on its own event loop. */
  static Glance of(int pid, Session session, long nanos) {
    List<Link.Held> held = held(session);
    long since = session.batch().tally().waitingSinceNanos();
    long waits = since == 0 ? 0 : Math.max(1, nanos - since);
    return new Glance(
        pid,
        session.service().store(),
        since == 0 ? Optional.empty() : Optional.of(session.batch().tally().sought()),
        waits,
        held.stream().map(Link.Held::connection).toList(),
        row(pid, session, held, nanos, waits / MICROS));
  }

  /** A session that may wait for others, on its own event loop. */
  static DeadlockWatch.Stuck stuck(int pid, Session session) {
    List<DeadlockWatch.Backend> backends =
        held(session).stream()
            .map(Link.Held::connection)
            .map(connection ->
                new DeadlockWatch.Backend(
                    connection.address(), (int) (connection.cancelKey() >>> Integer.SIZE)))
            .distinct()
            .toList();
    Batch batch = session.batch();
    return new DeadlockWatch.Stuck(pid, batch.rounds(), batch.startedNanos(), backends);
  }

  private static List<Link.Held> held(Session session) {
    List<Link.Held> all = new ArrayList<>(session.branches().held());
    Link.Held now = session.link().held();
    if (now != null) {
      all.add(now);
    }
    Scatter running = session.scattering().running();
    if (running != null) {
      running.legs().forEach(leg -> all.add(leg.held()));
    }
    return all;
  }

  private static List<@Nullable Object> row(
      int pid, Session session, List<Link.Held> held, long nanos, long waitMicros) {
    Plan asked = session.batch().tally().asked();
    boolean one = held.size() == 1;
    InetSocketAddress from =
        session.client().remoteAddress() instanceof InetSocketAddress address ? address : null;
    return Arrays.asList(
        pid,
        session.service().store(),
        session.service().database(),
        session.identity().user(),
        applicationName(session),
        from == null || from.getAddress() == null ? null : from.getAddress().getHostAddress(),
        from == null ? null : from.getPort(),
        TlsSession.of(session.client()) != null,
        Instant.ofEpochMilli(session.batch().tally().startedMillis()).toString(),
        state(session, waitMicros),
        started(session, nanos),
        waitMicros,
        one ? held.getFirst().shard() : null,
        one ? held.getFirst().member().id() : null,
        session.link().pinnedShard() != Target.ANY || session.identity().keepsServers(),
        session.extended().statements().size(),
        asked == null ? null : asked.fingerprint().id(),
        asked == null ? null : asked.fingerprint().text());
  }

  private static String state(Session session, long waitMicros) {
    if (session.link().pause().isWaiting()) {
      return "paused";
    }
    if (waitMicros > 0) {
      return "waiting";
    }
    return switch (session.time().activity()) {
      case BUSY -> "active";
      case IDLE -> "idle";
      case IDLE_IN_TRANSACTION ->
          session.status() == 'E' ? "idle in transaction (aborted)" : "idle in transaction";
    };
  }

  private static @Nullable String started(Session session, long nanos) {
    if (!session.batch().isUnderWay()) {
      return null;
    }
    Duration ago = Duration.ofNanos(nanos - session.batch().startedNanos());
    return Instant.now().minus(ago).toString();
  }

  /** As the statement that sets it has it. */
  private static String applicationName(Session session) {
    String set = session.settings().statement("application_name");
    int end = set.lastIndexOf('\'');
    int comma = set.indexOf("','");
    int start = comma >= 0 ? comma + 3 : set.indexOf('\'') + 1;
    return start > 0 && start <= end ? set.substring(start, end).replace("''", "'") : "";
  }

  /** Whether a session runs what a pause would hold back, on its own event loop. */
  static boolean runs(Session session, PauseScope scope) {
    if (!session.service().store().equals(scope.store())) {
      return false;
    }
    if (session.link().pause().isWaiting()) {
      return scope.what() == What.PLACEMENT;
    }
    Link.Held now = session.link().held();
    boolean writesOnly = scope.what() == What.WRITES;
    boolean here =
        now != null
            && scope.covers(now.shard())
            && !(writesOnly && (now.replica() || now.isCoordinator()));
    boolean there = held(session).stream().anyMatch(h -> !h.equals(now) && scope.covers(h.shard()));
    // Who is about to get a server was let pass before; which one is not known here.
    Scatter running = session.scattering().running();
    boolean seeks = running != null && running.legs().isEmpty();
    // What is bound knows its shards already.
    boolean decided = scope.what() == What.PLACEMENT && session.batch().isUnderWay();
    boolean waits = session.link().isWaiting() || session.control().isBusy();
    return decided || here || there || seeks || waits;
  }
}

package dev.terrace.sql;

import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresSpec;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The same tables behind a front, with few server connections for all sessions, and on one plain
 * server with a connection for each: what sessions do is done on both, and the answers compared.
 */
final class BothSides implements AutoCloseable {

  static final int SESSIONS = 3;

  private static final String KEPT = ", cache: {ttl: 1h}";

  private final PostgresCluster plain;
  private final CachedStore store;
  private final Map<String, Integer> refused = new TreeMap<>();

  /** Where the two differ. */
  record Difference(SessionStep step, List<String> expected, List<String> got) {
    @Override
    public String toString() {
      return "at [" + step + "]\n  expected " + expected + "\n  got      " + got;
    }
  }

  private BothSides(PostgresCluster plain, CachedStore store) {
    this.plain = plain;
    this.store = store;
  }

  static BothSides start(int shards) throws Exception {
    String schema = RandomSessions.schema(SESSIONS);
    PostgresCluster plain = PostgresCluster.start(PostgresSpec.of(1, 0));
    plain.primary(0).execute(schema);
    boolean alone = shards == 1;
    CachedStore store =
        CachedStore.start(
            shards,
            0,
            schema,
            "max-server-connections: 4, acquire-timeout: 10s",
            "items: {store: shop, shard: hash(id)%s}, tags: {store: shop, shard: everywhere%s}"
                .formatted(alone ? KEPT : "", alone ? "" : KEPT));
    return new BothSides(plain, store);
  }

  /** What was refused over shards, and how often. */
  Map<String, Integer> refused() {
    return refused;
  }

  /** Plays a script on both sides, up to where they differ. */
  Optional<Difference> play(List<SessionStep> script) throws Exception {
    reset();
    List<WireSession> all = new ArrayList<>();
    List<WireSession> real = new ArrayList<>();
    List<WireSession> tried = new ArrayList<>();
    boolean[] gone = new boolean[SESSIONS];
    try {
      for (int i = 0; i < SESSIONS; i++) {
        real.add(opened(plain.primary(0).port(), all));
        tried.add(opened(store.port(), all));
      }
      for (SessionStep step : script) {
        int session = step.session();
        if (gone[session]) {
          continue;
        }
        Optional<Difference> found = compare(step, real.get(session), tried.get(session));
        if (found.isPresent() && isRefused(found.get())) {
          // What it does from here on would differ by that alone.
          gone[session] = true;
          real.get(session).close();
          tried.get(session).close();
        } else if (found.isPresent()) {
          return found;
        }
      }
      for (int i = 0; i < SESSIONS; i++) {
        Optional<Difference> found =
            gone[i] ? Optional.empty() : atTheEnd(i, real.get(i), tried.get(i));
        if (found.isPresent()) {
          return found;
        }
      }
    } finally {
      for (WireSession session : all) {
        session.close();
      }
    }
    return Optional.empty();
  }

  /** Settings are reported once a server is used, if they could not be before. */
  private static Optional<Difference> atTheEnd(int session, WireSession real, WireSession tried)
      throws Exception {
    SessionStep end = SessionStep.query(session, "rollback");
    SessionStep read = SessionStep.query(session, "select 1 from items where id = 1");
    real.run(end);
    tried.run(end);
    Optional<Difference> found = compare(read, real, tried);
    return found.isPresent() || real.parameters().equals(tried.parameters())
        ? found
        : Optional.of(
            new Difference(
                read,
                List.of(real.parameters().toString()),
                List.of(tried.parameters().toString())));
  }

  private static WireSession opened(int port, List<WireSession> all) throws Exception {
    WireSession session = WireSession.loggedIn(port);
    all.add(session);
    return session;
  }

  private void reset() throws Exception {
    try (Connection front = store.connect("preferQueryMode=simple");
        Connection direct = plain.primary(0).connect()) {
      for (Connection connection : List.of(front, direct)) {
        TestFront.run(connection, "delete from items");
        TestFront.run(connection, "delete from tags");
        TestFront.run(connection, RandomSessions.rows(SESSIONS));
        TestFront.run(
            connection, "insert into tags (id, label) values (0, 'a'), (1, 'b'), (2, 'c')");
      }
    }
    for (int i = 0; i < SESSIONS; i++) {
      String restart = "alter sequence seq_" + i + " restart";
      plain.primary(0).execute(restart);
      store.behind(restart);
    }
  }

  private static Optional<Difference> compare(SessionStep step, WireSession real, WireSession tried)
      throws Exception {
    List<String> expected = sorted(real.run(step));
    List<String> got;
    try {
      got = sorted(tried.run(step));
    } catch (AssertionError e) {
      return Optional.of(new Difference(step, expected, List.of(String.valueOf(e))));
    }
    return expected.equals(got)
        ? Optional.empty()
        : Optional.of(new Difference(step, expected, got));
  }

  /** Rows of several shards come in no order, unless one was asked for. */
  private static List<String> sorted(List<String> answers) {
    List<String> sorted = new ArrayList<>(answers);
    int start = 0;
    for (int i = 0; i <= sorted.size(); i++) {
      if (i == sorted.size() || !sorted.get(i).startsWith("D ")) {
        sorted.subList(start, i).sort(null);
        start = i + 1;
      }
    }
    return sorted;
  }

  /** Terrace may say that it cannot do that, or that lastval is another session's by now. */
  private boolean isRefused(Difference found) {
    boolean refuses =
        List.of("E 0A000", "E 55000").stream()
            .anyMatch(code -> found.got().contains(code) && !found.expected().contains(code));
    if (refuses) {
      refused.merge(found.step().text(), 1, Integer::sum);
    }
    return refuses;
  }

  @Override
  public void close() {
    store.close();
    plain.close();
  }
}

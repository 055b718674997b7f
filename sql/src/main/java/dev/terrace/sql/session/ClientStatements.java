package dev.terrace.sql.session;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The statements that a client has prepared, under its names for them. */
final class ClientStatements {

  /** What one takes beside its text, about. */
  private static final long OVERHEAD_BYTES = 128;

  private final Session session;
  private final Map<String, Statement> byName = new HashMap<>();

  ClientStatements(Session session) {
    this.session = session;
  }

  @Nullable Statement get(String name) {
    return byName.get(name);
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  int size() {
    return byName.size();
  }

  private static long bytes(Statement statement) {
    return OVERHEAD_BYTES + statement.name().length() + statement.text().bytes().length;
  }

  /** Keeps one in place of another of that name; false if there is no memory for it. */
  boolean put(Statement statement) {
    remove(statement.name());
    if (!session.state().memory().take(bytes(statement))) {
      return false;
    }
    byName.put(statement.name(), statement);
    return true;
  }

  void remove(String name) {
    Statement gone = byName.remove(name);
    if (gone != null) {
      gone(gone);
    }
  }

  /** What waits in a pipeline is kept until it has passed. */
  private void gone(Statement statement) {
    if (!session.extended().pipeline().isWaiting(statement)) {
      session.state().memory().give(bytes(statement));
    }
  }

  /** Removes that very one, if it is there. */
  void remove(Statement statement) {
    if (byName.get(statement.name()) == statement) {
      remove(statement.name());
    }
  }

  /** One does not wait in a pipeline any more: then it is kept only if it was not replaced. */
  void passed(Statement statement) {
    if (byName.get(statement.name()) != statement) {
      session.state().memory().give(bytes(statement));
    }
  }

  void clear() {
    byName.values().forEach(this::gone);
    byName.clear();
  }
}

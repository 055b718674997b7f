package dev.terrace.sql.session;

import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.StatementCache;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Requests;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What of a pipeline of extended queries waits for a server to be known: Parse and Describe of a
 * statement name no shard, the Bind that follows does. Then they go ahead of it, in order.
 */
final class Pipeline {

  /** One message that waits. */
  private sealed interface Item {

    /** A Parse. */
    record Prepare(Statement statement) implements Item {}

    /** A Describe of a statement. */
    record Describe(Statement statement) implements Item {}

    /** An answer of Terrace's own. */
    record Answer(ByteBuf message) implements Item {}
  }

  /** More than this wait for nothing but memory: then any server will do. */
  private static final int ITEMS_MAX = 256;

  private final Session session;
  private final Deque<Item> items = new ArrayDeque<>();

  Pipeline(Session session) {
    this.session = session;
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  boolean isFull() {
    return items.size() >= ITEMS_MAX;
  }

  void prepare(Statement statement) {
    items.add(new Item.Prepare(statement));
  }

  /** Whether a Parse of that very statement waits. */
  boolean isWaiting(Statement statement) {
    return items.stream()
        .anyMatch(item -> item instanceof Item.Prepare(Statement waiting) && waiting == statement);
  }

  /** The next of what waits, which does so no more. */
  private Item next() {
    Item item = items.remove();
    if (item instanceof Item.Prepare(Statement statement)) {
      session.extended().statements().passed(statement);
    }
    return item;
  }

  void describe(Statement statement) {
    items.add(new Item.Describe(statement));
  }

  /** Gives an answer of Terrace's own, in its turn. */
  void answer(ByteBuf message) {
    if (items.isEmpty()) {
      session.replies().local(message);
    } else {
      items.add(new Item.Answer(message));
    }
  }

  /** Whether all that waits can be answered here if a result of the statement is kept. */
  boolean isAnswerable(Statement statement) {
    return items.stream()
        .allMatch(item ->
            switch (item) {
              case Item.Prepare(Statement prepared) -> prepared.equals(statement);
              case Item.Describe describe -> false;
              case Item.Answer answer -> true;
            });
  }

  /** Answers what waits: whose result is kept could be prepared, and will be where it is needed. */
  void answerPrepared() {
    while (!items.isEmpty()) {
      switch (next()) {
        case Item.Prepare prepare -> session.replies().local(Answers.parseComplete());
        case Item.Describe describe -> throw new IllegalStateException("only a server can tell");
        case Item.Answer(ByteBuf message) -> session.replies().local(message);
      }
    }
  }

  /** Forgets what waits, for an error came first: what was to be prepared is not. */
  void clear() {
    while (!items.isEmpty()) {
      switch (next()) {
        case Item.Prepare(Statement statement) -> session.extended().statements().remove(statement);
        case Item.Describe(Statement statement) -> {
          // Nothing came of it.
        }
        case Item.Answer(ByteBuf message) -> message.release();
      }
    }
  }

  /** Sends what waits to the server in use. */
  void flush() {
    while (!items.isEmpty()) {
      switch (next()) {
        case Item.Prepare(Statement statement) -> sendParse(statement);
        case Item.Describe(Statement statement) -> {
          String name = prepared(statement);
          session.replies().expect(Expect.describe(statement));
          session.link().connection().send(Requests.describe(session.alloc(), 'S', name));
        }
        case Item.Answer(ByteBuf message) -> session.replies().local(message);
      }
    }
  }

  private void sendParse(Statement statement) {
    if (known(statement) != null) {
      session.replies().local(Answers.parseComplete());
    } else {
      parse(statement, true);
    }
  }

  /** The name of the statement at the server in use, where it is prepared if it was not yet. */
  String prepared(Statement statement) {
    String known = known(statement);
    return known == null ? parse(statement, false) : known;
  }

  private @Nullable String known(Statement statement) {
    StatementCache cache = session.link().connection().statements();
    return statement.isUnnamed()
        ? cache.isUnnamed(statement.text(), schemaVersion()) ? "" : null
        : cache.find(statement.text(), schemaVersion());
  }

  /** What is prepared under an earlier one may have other columns by now. */
  private long schemaVersion() {
    Link.Held now = session.link().held();
    return now != null && now.isCoordinator()
        ? now.connection().schemaVersion()
        : session.shared().schemaVersion().get();
  }

  /**
   * Whether the client relies on columns that the server in use may not give: it was told of them
   * by another server, or the statement was prepared again since.
   */
  boolean isUnproven(Statement statement) {
    if (!statement.isTold()) {
      return false;
    }
    StatementCache cache = session.link().connection().statements();
    return known(statement) == null
        || !statement.fits(cache.columns(statement.text(), !statement.isUnnamed()));
  }

  /** Asks the server for a statement's columns, and goes on if they are those. */
  void prove(Statement statement, Runnable then) {
    ServerConnection connection = session.link().connection();
    String name = prepared(statement);
    session
        .replies()
        .expect(
            Expect.columns(
                statement,
                error -> {
                  session.link().stopWaiting();
                  error.ifPresentOrElse(session.batch()::fail, then);
                  session.resume();
                }));
    connection.send(Requests.describe(session.alloc(), 'S', name));
    connection.sendPlain(Requests.flush());
    connection.flush();
    session.link().waits();
  }

  private String parse(Statement statement, boolean relays) {
    ServerConnection connection = session.link().connection();
    StatementCache cache = connection.statements();
    String name = "";
    if (statement.isUnnamed()) {
      cache.unnamed(statement.text(), schemaVersion());
    } else {
      closeAtServer(cache.remove(statement.text()));
      name = cache.add(statement.text(), schemaVersion());
    }
    session.replies().expect(Expect.parse(statement, relays));
    connection.send(Requests.parse(session.alloc(), name, statement.text().bytes()));
    closeAtServer(cache.evict());
    return name;
  }

  private void closeAtServer(@Nullable String name) {
    if (name != null) {
      session.replies().expect(Expect.CLOSE_HIDDEN);
      session.link().connection().send(Requests.close(session.alloc(), 'S', name));
    }
  }
}

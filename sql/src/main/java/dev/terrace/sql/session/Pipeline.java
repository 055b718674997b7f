package dev.terrace.sql.session;

import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.StatementCache;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Requests;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;

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
      switch (items.remove()) {
        case Item.Prepare prepare -> session.replies().local(Answers.parseComplete());
        case Item.Describe describe -> throw new IllegalStateException("only a server can tell");
        case Item.Answer(ByteBuf message) -> session.replies().local(message);
      }
    }
  }

  /** Forgets what waits, for an error came first: what was to be prepared is not. */
  void clear() {
    for (Item item : items) {
      switch (item) {
        case Item.Prepare(Statement statement) -> session.batch().notPrepared(statement, true);
        case Item.Describe(Statement statement) -> {
          // Nothing came of it.
        }
        case Item.Answer(ByteBuf message) -> message.release();
      }
    }
    items.clear();
  }

  /** Sends what waits to the server in use. */
  void flush() {
    while (!items.isEmpty()) {
      switch (items.remove()) {
        case Item.Prepare(Statement statement) -> sendParse(statement);
        case Item.Describe(Statement statement) -> {
          String name = prepared(statement);
          session.replies().expect(Expect.DESCRIBE);
          session.link().connection().send(Requests.describe(session.alloc(), 'S', name));
        }
        case Item.Answer(ByteBuf message) -> session.replies().local(message);
      }
    }
  }

  private void sendParse(Statement statement) {
    StatementCache cache = session.link().connection().statements();
    boolean known =
        statement.isUnnamed()
            ? cache.isUnnamed(statement.text())
            : cache.find(statement.text()) != null;
    if (known) {
      session.replies().local(Answers.parseComplete());
    } else {
      parse(statement, true);
    }
  }

  /** The name of the statement at the server in use, where it is prepared if it was not yet. */
  String prepared(Statement statement) {
    StatementCache cache = session.link().connection().statements();
    if (statement.isUnnamed()) {
      if (!cache.isUnnamed(statement.text())) {
        parse(statement, false);
      }
      return "";
    }
    String known = cache.find(statement.text());
    return known == null ? parse(statement, false) : known;
  }

  private String parse(Statement statement, boolean relays) {
    ServerConnection connection = session.link().connection();
    StatementCache cache = connection.statements();
    String name = "";
    if (statement.isUnnamed()) {
      cache.unnamed(statement.text());
    } else {
      name = cache.add(statement.text());
    }
    session.replies().expect(Expect.parse(statement, relays));
    connection.send(Requests.parse(session.alloc(), name, statement.text().bytes()));
    String evicted = cache.evict();
    if (evicted != null) {
      session.replies().expect(Expect.CLOSE_HIDDEN);
      connection.send(Requests.close(session.alloc(), 'S', evicted));
    }
    return name;
  }
}

package dev.terrace.sql.session;

import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.Lsn;
import dev.terrace.core.freshness.ReadAfter;
import dev.terrace.sql.server.Question;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what others must read after, to see all that this session has seen written ({@code SHOW
 * terrace.after}). The primaries are asked only then: what they have written by now lies behind all
 * that the session wrote. While they are asked the session takes no message.
 */
final class AfterToken {

  /** The name of the setting. */
  static final String NAME = "terrace.after";

  private static final String ASK =
      "SELECT pg_catalog.pg_current_wal_insert_lsn(),"
          + " pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn())";

  /** Takes the outcome. */
  interface Told {
    void told(ReadAfter token);

    void failed(SqlError error);
  }

  private final Session session;
  private final Told then;
  private final Deque<Integer> shards = new ArrayDeque<>();

  private AfterToken(Session session, Told then) {
    this.session = session;
    this.then = then;
    shards.addAll(session.writes().unlocated());
  }

  /** Finds out, then goes on; perhaps before this returns. */
  static void find(Session session, Told then) {
    session.link().asking(true);
    new AfterToken(session, then).next();
  }

  /** Reads a token that a client gives. */
  static Optional<SqlError> follow(Session session, String text) {
    try {
      session.writes().follow(ReadAfter.parse(text));
      return Optional.empty();
    } catch (ReadAfter.Malformed e) {
      return Optional.of(malformed(e));
    }
  }

  static SqlError malformed(ReadAfter.Malformed e) {
    return SqlError.error(
        "22023",
        "invalid value for parameter \"" + NAME + "\": " + e.reason(),
        "Give the value that SHOW " + NAME + " answered in another session, unchanged.");
  }

  private void next() {
    Integer shard = shards.poll();
    if (shard == null) {
      session.link().asking(false);
      then.told(session.writes().token());
      return;
    }
    session
        .link()
        .seeker()
        .seek(
            Target.primary(shard),
            new ServerSeeker.Found() {
              @Override
              public void found(Link.Held held) {
                ask(held);
              }

              @Override
              public void none(SqlError error) {
                fail(error);
              }
            });
  }

  private void ask(Link.Held held) {
    ServerConnection connection = held.connection();
    held.member().load().begin();
    connection.use(new Answer(held));
    connection.sendForReady(Requests.query(session.alloc(), ASK));
    connection.flush();
  }

  private void fail(SqlError error) {
    session.link().asking(false);
    if (!session.isClosed()) {
      then.failed(error);
    }
  }

  /** The answer of one primary. */
  private final class Answer extends Question {
    private final Link.Held held;

    Answer(Link.Held held) {
      this.held = held;
    }

    @Override
    protected void answered(List<List<@Nullable String>> rows, Optional<SqlError> failure) {
      held.member().load().end();
      session.pool().release(held.connection());
      if (session.isClosed()) {
        return;
      }
      if (rows.isEmpty()) {
        fail(failure.orElse(SqlError.error("08P01", "the primary did not say where its log is")));
      } else {
        session.writes().located(held.shard(), read(rows.getLast()));
        next();
      }
    }

    private static LogMark read(List<@Nullable String> row) {
      return new LogMark(
          LogMark.timelineOf(String.valueOf(row.getLast())),
          Lsn.parse(String.valueOf(row.getFirst())).endOfRecord());
    }

    @Override
    public void lost(ServerConnection connection) {
      held.member().load().end();
      held.member().load().fail();
      fail(ServerSeeker.lost(held));
    }
  }

  /** The rows of an answer that one text column makes up. */
  static List<ByteBuf> shown(Session session, ReadAfter token) {
    List<ByteBuf> messages = new ArrayList<>();
    messages.add(
        Answers.textRow(session.alloc(), token.text().getBytes(StandardCharsets.US_ASCII)));
    messages.add(Answers.complete(session.alloc(), "SHOW"));
    return messages;
  }
}

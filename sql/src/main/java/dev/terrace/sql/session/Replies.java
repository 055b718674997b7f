package dev.terrace.sql.session;

import dev.terrace.sql.cache.NotKept;
import dev.terrace.sql.cache.Recording;
import dev.terrace.sql.plan.FunctionSetting;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerUser;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Matches what the server answers with what was sent: what the client asked for is relayed, what
 * Terrace added is kept from it, and Terrace's own answers come in their turn. An answer that fits
 * nothing closes the server connection: it might be another client's.
 */
final class Replies implements ServerUser {

  private final Session session;
  private final Deque<Expect> awaited = new ArrayDeque<>();
  private final Outdated outdated;
  private boolean copyIn;

  /** Takes a copy of what is relayed, if it is to be kept. */
  private @Nullable Recording recording;

  Replies(Session session) {
    this.session = session;
    this.outdated = new Outdated(session, awaited);
  }

  /** The server will answer this next. */
  void expect(Expect expect) {
    awaited.add(expect);
  }

  /**
   * Answers in its turn: with what the server says next, or at the end of the batch. Until then the
   * client has been told nothing, so that another server may still be asked.
   */
  void local(ByteBuf answer) {
    awaited.add(Expect.local(answer));
  }

  /** Sends a statement that the client does not know of in the midst of a pipeline. */
  void expectHiddenStatement(String sql) {
    ServerConnection connection = session.link().connection();
    connection.statements().unnamedIsOther();
    connection.send(Requests.parse(session.alloc(), sql));
    connection.send(Requests.bindNothing(session.alloc()));
    connection.send(Requests.execute(session.alloc()));
    expect(Expect.PARSE_HIDDEN);
    expect(Expect.BIND_HIDDEN);
    expect(Expect.EXECUTE_HIDDEN);
  }

  /** Whether the server is still to answer anything. */
  boolean awaitsServer() {
    return awaited.stream().anyMatch(expect -> expect.kind != Expect.Kind.LOCAL);
  }

  /** Whether all that the client asked for has been answered, and only the end of it has not. */
  boolean awaitsOnlyHiddenSync() {
    Expect head = awaited.peek();
    return awaited.size() == 1 && head != null && head.kind == Expect.Kind.SYNC && !head.relays;
  }

  /** Whether the server awaits COPY data, or those of several shards do. */
  boolean copyIn() {
    return copyIn || session.scattering().copyIn().isPresent();
  }

  /** The client has sent the end of its COPY data. */
  void copyEnded() {
    copyIn = false;
  }

  /** Nothing is awaited any more. */
  void clear() {
    record(null);
    awaited.forEach(Expect::release);
    awaited.clear();
    copyIn = false;
  }

  /** What the server answers next. */
  private @Nullable Expect next() {
    for (Expect expect : awaited) {
      if (expect.kind != Expect.Kind.LOCAL) {
        return expect;
      }
    }
    return null;
  }

  /** Records what is relayed from now on; what was recorded before is not kept. */
  private void record(@Nullable Recording next) {
    if (recording != null) {
      recording.abandon(NotKept.ANSWER);
    }
    recording = next;
  }

  private void recorded() {
    Recording whole = recording;
    if (whole != null) {
      session.link().cut();
      recording = null;
      whole.complete();
    }
  }

  private static Take take(@Nullable Expect head) {
    return head != null && head.relays ? Take.RELAY : Take.DROP;
  }

  @Override
  public Take begin(byte type) {
    if (type == Backend.PARAMETER_DESCRIPTION && Descriptions.concern(next())) {
      // The server may find yet that it has other columns: the client is told nothing before.
      return Take.COLLECT;
    }
    emitLocal();
    Expect head = awaited.peek();
    return switch (type) {
      case Backend.NOTIFICATION -> Take.RELAY;
      case Backend.NOTICE -> head == null ? Take.RELAY : take(head);
      case Backend.COPY_IN -> {
        copyIn = true;
        session.batch().copyInBegins(awaited);
        yield take(head);
      }
      case Backend.COMMAND_COMPLETE -> head != null && head.wantsTag() ? Take.COLLECT : take(head);
      case Backend.ROW_DESCRIPTION, Backend.NO_DATA ->
          Descriptions.concern(head) ? Take.COLLECT : take(head);
      default -> take(head);
    };
  }

  @Override
  public void relay(ByteBuf run) {
    if (recording != null) {
      recording.add(run, run.readerIndex(), run.readableBytes());
    }
    session.write(run);
  }

  @Override
  public void relay(ByteBuf from, int at, int length) {
    if (recording != null) {
      recording.add(from, at, length);
    }
    session.write(from, at, length);
  }

  @Override
  public void end(byte type) {
    switch (type) {
      case Backend.PARSE_COMPLETE -> pop(Expect.Kind.PARSE);
      case Backend.BIND_COMPLETE -> pop(Expect.Kind.BIND);
      case Backend.CLOSE_COMPLETE -> pop(Expect.Kind.CLOSE);
      case Backend.ROW_DESCRIPTION, Backend.NO_DATA -> {
        Expect head = awaited.peek();
        if (head != null && head.kind != Expect.Kind.QUERY) {
          pop(Expect.Kind.DESCRIBE);
        }
      }
      case Backend.COMMAND_COMPLETE, Backend.EMPTY_QUERY -> completed(null);
      case Backend.PORTAL_SUSPENDED -> {
        Expect head = awaited.peek();
        if (head != null && head.running() != null) {
          count(head, head.running());
        }
        pop(Expect.Kind.EXECUTE);
      }
      case Backend.DATA_ROW -> {
        if (awaited.isEmpty()) {
          session.link().desynchronized();
        }
      }
      default -> {
        // Rows, COPY data, notices: they end nothing.
      }
    }
  }

  private void pop(Expect.Kind kind) {
    Expect head = awaited.peek();
    if (head == null || head.kind != kind) {
      session.link().desynchronized();
      return;
    }
    awaited.remove();
    emitLocal();
  }

  /** Gives the answers of Terrace's own whose turn it is. */
  void emitLocal() {
    for (Expect head = awaited.peek();
        head != null && head.kind == Expect.Kind.LOCAL;
        head = awaited.peek()) {
      session.link().cut();
      awaited.remove();
      if (head.answer != null) {
        session.write(head.answer);
      } else {
        record(head.recording);
      }
    }
  }

  private void completed(@Nullable String tag) {
    Expect head = awaited.peek();
    if (head == null || (head.kind != Expect.Kind.QUERY && head.kind != Expect.Kind.EXECUTE)) {
      session.link().desynchronized();
      return;
    }
    recorded();
    Plan plan = head.running();
    List<FunctionSetting> settings = head.settings();
    head.completedOne();
    if (plan != null) {
      count(head, plan);
    }
    if (plan != null && tag != null) {
      session.state().completed(plan, tag);
      settings.forEach(session.state()::completed);
    }
    if (head.kind == Expect.Kind.EXECUTE) {
      awaited.remove();
      emitLocal();
    }
  }

  private void count(Expect head, Plan plan) {
    boolean ends =
        head.kind == Expect.Kind.QUERY ? head.running() == null : session.batch().isBusy();
    session.batch().tally().completed(plan, ends && !awaitsMore());
  }

  /** Whether another statement of the batch is to complete yet. */
  private boolean awaitsMore() {
    return awaited.size() > 2;
  }

  @Override
  public void tag(ByteBuf from, int at, int length) {
    session.batch().tally().tag(from, at, length);
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    Expect next = next();
    if (type == Backend.PARAMETER_DESCRIPTION && next != null) {
      next.parameters(Answers.copy(session.alloc(), type, body));
      return;
    }
    if (type == Backend.ERROR && outdated.repeats(next, SqlError.read(body))) {
      return;
    }
    emitLocal();
    switch (type) {
      case Backend.READY -> ready(body.getByte(body.readerIndex()));
      case Backend.ERROR -> failed(body);
      case Backend.COMMAND_COMPLETE -> {
        Expect head = awaited.peek();
        if (head != null && head.relays) {
          session.write(Answers.copy(session.alloc(), type, body));
        }
        completed(Answers.tag(body));
      }
      case Backend.PARAMETER_STATUS -> {
        Expect head = awaited.peek();
        if (head == null || head.relays) {
          session.state().told().relay(type, body);
        }
      }
      case Backend.ROW_DESCRIPTION, Backend.NO_DATA -> described(type, body);
      default -> session.link().desynchronized();
    }
  }

  private void described(byte type, ByteBuf body) {
    Expect head = awaited.poll();
    if (head == null || !Descriptions.concern(head)) {
      session.link().desynchronized();
      return;
    }
    Descriptions.take(session, head, type, body);
    if (head.relays) {
      emitLocal();
    }
  }

  private void ready(byte status) {
    Expect head = awaited.poll();
    copyIn = false;
    if (head == null || (head.kind != Expect.Kind.QUERY && head.kind != Expect.Kind.SYNC)) {
      session.link().desynchronized();
    } else if (head.relays) {
      session.batch().ready(status);
      // The connection may be somebody else's by now, who would be told that the read is complete.
      session.resume();
    } else {
      emitLocal();
      head.done.accept(head.error());
    }
  }

  private void failed(ByteBuf body) {
    Expect head = awaited.peek();
    copyIn = false;
    record(null);
    if (head == null) {
      session.link().desynchronized();
      return;
    }
    SqlError error = SqlError.read(body);
    session.batch().serverFailed();
    session.batch().tally().failed(head.running());
    if (head.kind == Expect.Kind.QUERY) {
      head.failed(error);
      if (head.relays) {
        session.write(shown(error, body));
      }
      return;
    }
    session.write(shown(error, body));
    skipToSync();
  }

  private ByteBuf shown(SqlError error, ByteBuf body) {
    Link.Held now = session.link().held();
    if (now != null && now.isCoordinator()) {
      Optional<SqlError> told = session.link().coordination().shown(error);
      if (told.isPresent()) {
        return Answers.error(session.alloc(), told.get());
      }
    }
    SqlError told = session.batch().told(error);
    return told.equals(error)
        ? Answers.copy(session.alloc(), Backend.ERROR, body)
        : Answers.error(session.alloc(), told);
  }

  /** The server answers nothing more until the Sync. */
  private void skipToSync() {
    Expect head = awaited.peek();
    while (head != null && head.kind != Expect.Kind.SYNC) {
      if (head.kind == Expect.Kind.PARSE && head.statement != null) {
        session.batch().notPrepared(head.statement, head.relays);
      }
      if (head.kind == Expect.Kind.DESCRIBE && !head.relays) {
        session.link().stopWaiting();
        session.heldBack().drop();
      }
      head.release();
      awaited.remove();
      head = awaited.peek();
    }
    if (head == null || !head.relays) {
      session.batch().skipToSync();
    }
  }

  @Override
  public void readComplete() {
    session.serverReadComplete();
  }

  @Override
  public void lost(ServerConnection connection) {
    session.serverLost(connection);
  }

  @Override
  public void writabilityChanged(boolean writable) {
    session.serverWritable(writable);
  }
}

package dev.terrace.sql.session;

import dev.terrace.sql.plan.Residue;
import dev.terrace.sql.wire.Frontend;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Hands each of a client's messages to the part of the session that deals with it. */
final class Dispatcher {

  private static final int HEADER = 5;

  /** The numbers of the functions by which drivers use large objects, which leave nothing. */
  private static final Set<Integer> LARGE_OBJECTS =
      Set.of(715, 764, 765, 767, 952, 953, 954, 955, 956, 957, 958, 964, 1004, 3170, 3171, 3172);

  private final Session session;
  private final Batch batch;
  private final ExtendedQuery extended;
  private final SimpleQuery simple;

  Dispatcher(Session session) {
    this.session = session;
    this.batch = session.batch();
    this.extended = session.extended();
    this.simple = new SimpleQuery(session);
  }

  void dispatch(ByteBuf message) throws ProtocolViolation {
    byte type = message.getByte(message.readerIndex());
    batch.started();
    boolean query = type == Frontend.QUERY && !session.replies().copyIn();
    if (query && !batch.isSkipping() && !batch.isBusy()) {
      session.retries().note(message);
      batch.simpleStarts();
      simple.run(message);
      return;
    }
    try {
      switch (type) {
        case Frontend.TERMINATE -> session.closeClient();
        case Frontend.COPY_DATA, Frontend.COPY_DONE, Frontend.COPY_FAIL -> copy(type, message);
        case Frontend.FUNCTION_CALL -> functionCall(message);
        case Frontend.PASSWORD ->
            throw new ProtocolViolation("unexpected password message: already logged in");
        default -> extended(type, message);
      }
    } finally {
      message.release();
    }
  }

  private void extended(byte type, ByteBuf message) throws ProtocolViolation {
    if (session.replies().copyIn()) {
      if (type != Frontend.SYNC && type != Frontend.FLUSH) {
        throw notInCopy();
      }
      return;
    }
    session.retries().note(message);
    if (type == Frontend.SYNC) {
      batch.syncing();
      extended.sync();
      return;
    }
    if (batch.isSkipping()) {
      return;
    }
    try {
      switch (type) {
        case Frontend.PARSE -> extended.parse(message);
        case Frontend.BIND -> {
          if (!session.state().kept().answersBind(message)) {
            extended.bind(message);
          }
        }
        case Frontend.DESCRIBE -> extended.describe(message);
        case Frontend.EXECUTE -> extended.execute(message);
        case Frontend.CLOSE -> extended.close(message);
        case Frontend.FLUSH -> extended.flush();
        default -> throw new ProtocolViolation("unexpected message type " + type);
      }
    } catch (IndexOutOfBoundsException e) {
      throw new ProtocolViolation("malformed message of type " + (char) type);
    }
  }

  /** What follows COPY in a pipeline before its data have ended. */
  static ProtocolViolation notInCopy() {
    return new ProtocolViolation("unexpected message type during COPY from stdin");
  }

  private void copy(byte type, ByteBuf message) {
    Optional<CopyInGatherer> scattered = session.scattering().copyIn();
    if (scattered.isPresent()) {
      scattered.get().take(type, message);
      return;
    }
    Link.Held now = session.link().held();
    // Outside of COPY they are dropped: the server may have ended it before the client knew.
    if (session.replies().copyIn() && now != null) {
      now.connection().sendPlain(message.retain());
      if (type != Frontend.COPY_DATA) {
        session.replies().copyEnded();
      }
    }
  }

  private void functionCall(ByteBuf message) throws ProtocolViolation {
    if (session.replies().copyIn()) {
      throw notInCopy();
    }
    if (batch.isSkipping() || batch.isBusy()) {
      return;
    }
    batch.simpleStarts();
    session.heldBack().hold(message.retain());
    session.link().settling().endPipeline(() -> call(message));
  }

  private void call(ByteBuf message) {
    if (session.service().members().shards() > 1) {
      batch.fail(SqlError.error("0A000", "function calls are not supported on several shards"));
      return;
    }
    Residue residue =
        LARGE_OBJECTS.contains(message.getInt(message.readerIndex() + HEADER))
            ? Residue.NOTHING
            : Residue.UNKNOWN;
    session
        .link()
        .with(
            Target.primary(0),
            () -> {
              session.heldBack().unhold();
              session.retries().impossible();
              session.link().connection().leaves(residue);
              session.state().invalidation().sendsUnknown();
              session.writes().sent(session.transaction().state() == Transaction.State.OPEN);
              session.replies().expect(Expect.query(List.of()));
              session.link().connection().sendForReady(message);
            });
  }
}

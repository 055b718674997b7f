package dev.terrace.sql.session;

import dev.terrace.sql.cache.NotKept;
import dev.terrace.sql.cache.Recording;
import dev.terrace.sql.gather.DataRow;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Backend;
import io.netty.buffer.ByteBuf;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a statement on several shards on their way to the client: its limit passes over some
 * and ends them, the client's own limit lets only so many pass at a time.
 */
final class ClientRows {

  private static final int BATCH = 32 << 10;

  private final Session session;

  /** Takes a copy of what the client is given, if that is to be kept. */
  private final @Nullable Recording recording;

  private byte @Nullable [] description;
  private @Nullable ByteBuf batch;
  private long skip;
  private long left = Long.MAX_VALUE;
  private int rowsMax;
  private long given;
  private boolean shown;

  ClientRows(Session session, int rowsMax) {
    this.session = session;
    this.rowsMax = rowsMax;
    this.recording = session.state().kept().overShards();
  }

  /** The statement wants so many rows after so many. */
  void limit(long offset, long count) {
    skip = offset;
    left = count;
  }

  /** Nothing was shown; all begins again. */
  void startAgain() {
    description = null;
    given = 0;
    skip = 0;
    left = Long.MAX_VALUE;
  }

  /** Whether the client was told anything. */
  boolean shown() {
    return shown;
  }

  /** Whether the client wants only so many rows at a time. */
  boolean isWindowed() {
    return rowsMax > 0;
  }

  /** The client wants more rows. */
  void next(int more) {
    rowsMax = more;
    given = 0;
  }

  /** Describes the rows to the client, before the first of them. */
  void describe(ByteBuf body) {
    byte[] kept = new byte[body.readableBytes()];
    body.getBytes(body.readerIndex(), kept);
    description = kept;
  }

  /** Whether the statement's own limit is reached. */
  boolean isComplete() {
    return left <= 0;
  }

  /** Whether the client has all that it wants for now. */
  boolean isFull() {
    return rowsMax > 0 && given >= rowsMax;
  }

  /** Whether the client takes more. */
  boolean flows() {
    boolean flows = session.clientTakesMore();
    if (!flows && recording != null) {
      recording.letGo();
    }
    return flows;
  }

  /** Gives the client the first columns of a row, which end before {@code end}. */
  void row(ByteBuf body, int columns, int end) {
    if (passes()) {
      DataRow.write(body, columns, end, room(DataRow.length(body, end)));
    }
  }

  /** Gives the client a row as it is. */
  void row(ByteBuf body) {
    row(body, DataRow.columns(body), body.writerIndex());
  }

  /** Gives the client a row's whole message. */
  void message(byte[] message) {
    if (passes()) {
      room(message.length).writeBytes(message);
    }
  }

  /** Whether the client still wants a row that is relayed: this one then counts. */
  boolean counts() {
    return !isFull() && given++ >= 0;
  }

  private boolean passes() {
    if (skip > 0) {
      skip--;
      return false;
    }
    if (left <= 0) {
      return false;
    }
    left--;
    given++;
    return true;
  }

  private ByteBuf room(int length) {
    ByteBuf out = batch;
    if (out != null && out.writableBytes() < length) {
      write();
      out = null;
    }
    if (out == null) {
      out = session.alloc().buffer(Math.max(length, BATCH));
      batch = out;
    }
    return out;
  }

  /** Writes what has been collected. */
  void write() {
    ByteBuf out = batch;
    batch = null;
    if (out != null) {
      begin();
      give(out);
      session.flush();
    }
  }

  private void begin() {
    shown = true;
    byte[] kept = description;
    description = null;
    if (kept != null) {
      ByteBuf body = session.alloc().buffer(kept.length).writeBytes(kept);
      give(Answers.copy(session.alloc(), Backend.ROW_DESCRIPTION, body));
      body.release();
    }
  }

  /** Gives the client messages that a server wrote. */
  void relay(ByteBuf run) {
    begin();
    give(run);
  }

  private void give(ByteBuf messages) {
    if (recording != null) {
      recording.add(messages, messages.readerIndex(), messages.readableBytes());
    }
    session.write(messages);
  }

  /** How many rows the client has got in this turn. */
  long given() {
    return given;
  }

  /** The end of the rows. */
  ByteBuf end(Supplier<ByteBuf> complete) {
    write();
    begin();
    ByteBuf end = isFull() ? Answers.portalSuspended() : complete.get();
    if (recording != null) {
      recording.add(end, end.readerIndex(), end.readableBytes());
      recording.complete();
    }
    return end;
  }

  /** Lets go of what is not written. */
  void release() {
    ByteBuf out = batch;
    batch = null;
    if (out != null) {
      out.release();
    }
    if (recording != null) {
      recording.abandon(NotKept.ANSWER);
    }
  }
}

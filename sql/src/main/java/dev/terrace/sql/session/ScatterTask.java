package dev.terrace.sql.session;

import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.Optional;

/** What one server was sent up to a ReadyForQuery, and what becomes of its answer. */
interface ScatterTask {

  /** A message begins; errors and the end come by themselves. */
  default Take begin(byte type) {
    return Take.DROP;
  }

  /** Bytes to relay; the task owns them. */
  default void relay(ByteBuf run) {
    run.release();
  }

  /** A message that was collected; borrowed. */
  default void collected(byte type, ByteBuf body) {}

  /** What was read is passed on. */
  default void readComplete() {}

  /** The server is through with it. */
  void done(Optional<SqlError> error);
}

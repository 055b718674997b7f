package dev.terrace.sql.session;

import dev.terrace.sql.wire.FrontendScanner;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a client has sent that nothing could be done with yet: a message that waits for a server,
 * what has come behind it, the beginning of a message. It counts as memory of the user; where there
 * is no more of that, a client is not read from while it waits anyway, and is refused if the rest
 * of its message is all that is waited for.
 */
final class HeldBack {

  private static final int BYTES_MAX = 256 << 10;

  /** What every session may have of it, whatever the others of its user have. */
  private static final int FREE_BYTES = 8 << 10;

  private final Session session;
  private final FrontendScanner scanner;
  private @Nullable ByteBuf held;
  private long counted;

  HeldBack(Session session, FrontendScanner scanner) {
    this.session = session;
    this.scanner = scanner;
  }

  /** Keeps a message until there is a server for it. */
  void hold(ByteBuf message) {
    held = message;
  }

  /** The message that was kept is taken. */
  void unhold() {
    held = null;
    fits();
  }

  /** Forgets the message that was kept. */
  void drop() {
    if (held != null) {
      held.release();
      held = null;
    }
  }

  /** Whether the client may send more. */
  boolean takesMore() {
    boolean fits = fits();
    if (session.isPaused()) {
      return fits && scanner.pendingBytes() <= BYTES_MAX;
    }
    if (!fits) {
      SqlError error = session.state().memory().exhausted();
      session.goodBye(
          SqlError.fatal(
              error.sqlState(),
              error.message() + ": sql.users.NAME.max-memory or sql.user-memory"));
    }
    return true;
  }

  /** Counts what is here now; whether the user may have it. */
  private boolean fits() {
    SessionMemory memory = session.state().memory();
    long here = (long) scanner.pendingBytes() + (held == null ? 0 : held.readableBytes());
    long now = Math.max(0, here - FREE_BYTES);
    boolean fits = now <= counted || memory.take(now - counted);
    if (now < counted) {
      memory.give(counted - now);
    }
    counted = fits ? now : counted;
    return fits;
  }

  /** The client is gone. */
  void close() {
    drop();
    session.state().memory().give(counted);
    counted = 0;
  }
}

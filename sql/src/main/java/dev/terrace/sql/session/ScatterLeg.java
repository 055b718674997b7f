package dev.terrace.sql.session;

import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerUser;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.Frontend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One shard's part of a statement that runs on several. */
final class ScatterLeg implements ServerUser {

  private final Scatter scatter;
  private final Link.Held held;
  private final int index;
  private Runnable next = () -> {};
  private boolean working;
  private boolean lost;
  private int hidden;
  private Optional<SqlError> error = Optional.empty();
  private String tag = "";

  ScatterLeg(Scatter scatter, Link.Held held, int index) {
    this.scatter = scatter;
    this.held = held;
    this.index = index;
  }

  Link.Held held() {
    return held;
  }

  int index() {
    return index;
  }

  ServerConnection connection() {
    return held.connection();
  }

  /** The error that its statement met. */
  Optional<SqlError> error() {
    return error;
  }

  /** Its server is gone. */
  void lost(SqlError why) {
    lost = true;
    error = Optional.of(why);
  }

  boolean isLost() {
    return lost;
  }

  /** The tag that its statement completed with. */
  String tag() {
    return tag;
  }

  /** Runs a query of Terrace's own, then goes on. */
  void run(String sql, Runnable then) {
    working = false;
    hidden = 0;
    error = Optional.empty();
    next = then;
    connection().sendForReady(Requests.query(connection().channel().alloc(), sql));
    connection().flush();
  }

  /** Runs the statement itself, in a transaction if {@code begin}, then goes on. */
  void work(ScatterWork work, boolean begin, Runnable then) {
    working = true;
    next = then;
    error = Optional.empty();
    if (begin) {
      hidden = 1;
      connection().sendForReady(Requests.query(connection().channel().alloc(), "BEGIN"));
    }
    work.send(connection());
    connection().flush();
  }

  @Override
  public Take begin(byte type) {
    if (!working || hidden > 0) {
      return Take.DROP;
    }
    boolean shown = scatter.shows(this);
    return switch (type) {
      case Backend.COMMAND_COMPLETE -> Take.COLLECT;
      case Backend.DATA_ROW -> shown && scatter.takesRow() ? Take.RELAY : Take.DROP;
      case Backend.NOTICE, Frontend.COPY_DATA -> shown ? Take.RELAY : Take.DROP;
      case Backend.ROW_DESCRIPTION, Backend.COPY_OUT ->
          shown && index == 0 && scatter.describes() ? Take.RELAY : Take.DROP;
      default -> Take.DROP;
    };
  }

  @Override
  public void relay(ByteBuf run) {
    scatter.relay(run);
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    switch (type) {
      case Backend.ERROR -> error = Optional.of(SqlError.read(body));
      case Backend.COMMAND_COMPLETE ->
          tag = body.toString(StandardCharsets.UTF_8).replace("\0", "");
      case Backend.READY -> {
        if (hidden > 0) {
          hidden--;
        } else {
          next.run();
        }
      }
      default -> {
        // A setting that the client knows already.
      }
    }
  }

  @Override
  public void end(byte type) {
    if (type == Backend.COPY_OUT) {
      scatter.copies();
    }
  }

  @Override
  public void readComplete() {
    scatter.readComplete(this);
  }

  @Override
  public void lost(ServerConnection connection) {
    scatter.lost(this);
  }

  @Override
  public void writabilityChanged(boolean writable) {
    // One statement is all there is to write.
  }
}

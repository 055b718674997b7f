package dev.terrace.sql.session;

import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerUser;
import dev.terrace.sql.server.Settings;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One shard's part of a statement that runs on several: its server, and what that was sent. */
final class ScatterLeg implements ServerUser {

  private final Scatter scatter;
  private final Link.Held held;
  private final int index;
  private final Deque<ScatterTask> tasks = new ArrayDeque<>();
  private Optional<SqlError> error = Optional.empty();
  private boolean lost;

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

  /** The statement is sent. */
  void begins() {
    scatter.session().service().meters().statement(held.shard(), held.replica());
    connection().leaves(scatter.work().plan().residue());
  }

  /** Its server is gone. */
  void lost() {
    lost = true;
    tasks.clear();
    scatter.session().link().dropLost(connection());
  }

  boolean isLost() {
    return lost;
  }

  /** Whether its server is still to answer. */
  boolean isBusy() {
    return !tasks.isEmpty();
  }

  /** Notes what was sent and starts to take the answer. */
  void expect(ScatterTask task) {
    tasks.add(task);
    connection().flush();
  }

  /** Runs a query of Terrace's own, then goes on with the error that it met. */
  void run(String sql, Consumer<Optional<SqlError>> then) {
    connection().sendForReady(Requests.query(connection().channel().alloc(), sql));
    expect(then::accept);
  }

  /** Sees to it that the server has a session's settings, then goes on with the error it met. */
  void settle(Settings settings, Consumer<Optional<SqlError>> then) {
    if (connection().settings().equals(settings)) {
      then.accept(Optional.empty());
      return;
    }
    run(
        settings.sql(),
        failure -> {
          if (failure.isPresent()) {
            connection().taint();
          } else {
            connection().settings(settings);
          }
          then.accept(failure);
        });
  }

  /** Takes what the server sends, or leaves it in the socket for now. */
  void reads(boolean now) {
    if (!lost) {
      connection().channel().config().setAutoRead(now);
    }
  }

  @Override
  public Take begin(byte type) {
    ScatterTask task = tasks.peek();
    return task == null ? Take.DROP : task.begin(type);
  }

  @Override
  public void relay(ByteBuf run) {
    ScatterTask task = tasks.peek();
    if (task == null) {
      run.release();
    } else {
      task.relay(run);
    }
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    @Nullable ScatterTask task = tasks.peek();
    switch (type) {
      case Backend.ERROR -> error = Optional.of(SqlError.read(body));
      case Backend.PARAMETER_STATUS -> {
        // A setting that the client knows already.
      }
      case Backend.READY -> {
        tasks.poll();
        Optional<SqlError> met = error;
        error = Optional.empty();
        if (task != null) {
          task.done(met);
        }
        scatter.answered(this);
      }
      default -> {
        if (task != null) {
          task.collected(type, body);
        }
      }
    }
  }

  @Override
  public void end(byte type) {
    // A message that is relayed or dropped ends nothing.
  }

  @Override
  public void readComplete() {
    ScatterTask task = tasks.peek();
    if (task != null) {
      task.readComplete();
    } else {
      // It has answered all: what of that is on its way must not wait for the other legs.
      scatter.session().flush();
    }
  }

  @Override
  public void lost(ServerConnection connection) {
    scatter.lost(this);
  }

  @Override
  public void writabilityChanged(boolean writable) {
    // What else is sent than COPY data is bounded by sql.combine-memory.
    scatter.copyIn().ifPresent(copy -> scatter.session().serverWritable(copy.takesMore()));
  }
}

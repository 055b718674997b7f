package dev.terrace.sql.session;

import dev.terrace.sql.operate.Pauses;
import dev.terrace.sql.wire.SqlError;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Has a session wait while what it is about to use is paused. A transaction that has begun on a
 * server goes on: what pauses the store waits for its end.
 */
final class PauseWait {

  private final Session session;
  private @Nullable Waiting waiting;

  PauseWait(Session session) {
    this.session = session;
  }

  boolean isWaiting() {
    return waiting != null;
  }

  /** Goes on with a target that is not paused, or with an error if it stays paused for too long. */
  void pass(Target target, Consumer<Target> then, Consumer<SqlError> none) {
    if (isExempt()) {
      then.accept(target);
    } else {
      pass(() -> free(target), then, none);
    }
  }

  /** As {@link #pass(Target, Consumer, Consumer)}, for a statement on several shards. */
  void pass(Decision.Scatter where, Runnable then, Consumer<SqlError> none) {
    if (isExempt()) {
      then.run();
      return;
    }
    boolean reads = where.readOnly() && !where.joins();
    pass(
        () ->
            where.shards().stream().anyMatch(shard -> holds(shard, reads))
                ? Optional.empty()
                : Optional.of(where),
        free -> then.run(),
        none);
  }

  private boolean isExempt() {
    return !pauses().isAny()
        || session.transaction().state() == Transaction.State.OPEN
        || !session.branches().isEmpty();
  }

  private Pauses pauses() {
    return session.shared().survey().pauses();
  }

  private boolean holds(int shard, boolean readOnly) {
    return pauses().holds(session.service().store(), shard, readOnly);
  }

  /** The target, or a part of it that is not paused, if there is one. */
  private Optional<Target> free(Target target) {
    if (!target.isAny()) {
      boolean reads = target.readOnly() || target.isCoordinator();
      return holds(target.shard(), reads) ? Optional.empty() : Optional.of(target);
    }
    int shards = session.service().members().shards();
    List<Integer> free =
        IntStream.range(0, shards).filter(s -> !holds(s, target.readOnly())).boxed().toList();
    if (free.size() == shards) {
      return Optional.of(target);
    }
    return free.stream().findFirst().map(target::at);
  }

  private <T> void pass(
      Supplier<Optional<T>> admission, Consumer<T> then, Consumer<SqlError> none) {
    Optional<T> now = admission.get();
    if (now.isPresent()) {
      then.accept(now.get());
      return;
    }
    new Waiting(none, () -> admission.get().map(free -> () -> then.accept(free))).start();
  }

  /** Gives up waiting: the client has asked for that. */
  void cancel() {
    Waiting now = waiting;
    if (now != null) {
      now.fail(ServerSeeker.CANCELLED);
    }
  }

  /** The client is gone. */
  void close() {
    Waiting now = waiting;
    if (now != null) {
      now.end();
    }
  }

  /** One statement that waits. */
  private final class Waiting implements Runnable {
    private final Consumer<SqlError> none;
    private final Supplier<Optional<Runnable>> admission;
    private final Members members = session.service().members();
    private @Nullable ScheduledFuture<?> timeout;

    Waiting(Consumer<SqlError> none, Supplier<Optional<Runnable>> admission) {
      this.none = none;
      this.admission = admission;
    }

    void start() {
      waiting = this;
      pauses().waits(1);
      session.batch().tally().waits();
      Duration patience = session.service().config().pauseWait();
      timeout = session.loop().schedule(this::late, patience.toMillis(), TimeUnit.MILLISECONDS);
      look();
    }

    /** Registers before it looks, for a pause may be ending just now; whether it waits no more. */
    private boolean look() {
      pauses().whenOneEnds(this);
      if (!session.service().members().hasShardsOf(members)) {
        fail(
            SqlError.error(
                "40001", "the store's shards have changed since the statement came", "Try again."));
        return true;
      }
      Optional<Runnable> then = admission.get();
      then.ifPresent(go -> {
        end();
        go.run();
      });
      return then.isPresent();
    }

    /** A pause has ended. */
    @Override
    public void run() {
      session.loop().execute(this::again);
    }

    private boolean isOver() {
      return waiting != this;
    }

    private void again() {
      if (!isOver() && look()) {
        session.resume();
      }
    }

    private void late() {
      if (!isOver()) {
        fail(
            SqlError.error(
                "57P03",
                "store " + session.service().store() + " is paused",
                "Try again once it is resumed (terrace sql resume)."));
      }
    }

    void fail(SqlError error) {
      end();
      none.accept(error);
    }

    void end() {
      waiting = null;
      pauses().forget(this);
      pauses().waits(-1);
      session.batch().tally().waited();
      if (timeout != null) {
        timeout.cancel(false);
      }
    }
  }
}

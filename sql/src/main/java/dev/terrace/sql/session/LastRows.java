package dev.terrace.sql.session;

import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The rows of a {@link LastStatement}, by each of which the client is given one. */
final class LastRows implements LegQueue.Taker {

  private final Scatter scatter;
  private final ClientRows rows;
  private final LegQueue queue;
  private final Consumer<ByteBuf> described;
  private final Consumer<ByteBuf> give;

  /**
   * For a statement that is about to be sent.
   *
   * @param described takes the columns, borrowed
   * @param give gives the client what a row stands for; borrowed
   */
  LastRows(Scatter scatter, ScatterLeg leg, Consumer<ByteBuf> described, Consumer<ByteBuf> give) {
    this.scatter = scatter;
    this.rows = scatter.rows();
    this.queue = new LegQueue(leg, this);
    this.described = described;
    this.give = give;
  }

  LegQueue queue() {
    return queue;
  }

  @Override
  public boolean wantsRows() {
    return !scatter.hasFailed();
  }

  @Override
  public void described(LegQueue of, ByteBuf body) {
    described.accept(body);
  }

  @Override
  public void row(LegQueue of, ByteBuf body) {
    of.keep(body);
  }

  @Override
  public void pump() {
    if (scatter.hasFailed() || scatter.isSuspended()) {
      return;
    }
    for (ByteBuf row = queue.peek();
        row != null && !rows.isFull() && rows.flows();
        row = queue.peek()) {
      give.accept(row);
      queue.drop();
    }
    LegQueue.given(scatter, List.of(queue));
  }

  @Override
  public void through(LegQueue of, Optional<SqlError> error) {
    if (!scatter.failedBy(error)) {
      pump();
    }
  }
}

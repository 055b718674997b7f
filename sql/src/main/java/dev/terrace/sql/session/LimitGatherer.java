package dev.terrace.sql.session;

import dev.terrace.sql.plan.Gather;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives the client some rows of any shards, as they come. */
final class LimitGatherer implements Gatherer, LegQueue.Taker {

  private final Scatter scatter;
  private final ClientRows rows;
  private final Gather.Limited limited;
  private List<LegQueue> queues = List.of();
  private @Nullable Describing describing;
  private boolean described;

  LimitGatherer(Scatter scatter, Gather.Limited limited) {
    this.scatter = scatter;
    this.rows = scatter.rows();
    this.limited = limited;
    rows.limit(limited.offset(), limited.count());
  }

  @Override
  public void start() {
    if (scatter.work().hasOpenTypes()) {
      describing = Describing.start(scatter, Map.of(), this::send);
    } else {
      send();
    }
  }

  private void send() {
    Describing asked = describing;
    ScatterWork work = scatter.work();
    queues =
        LegQueue.ask(
            scatter,
            this,
            limited.partial(),
            asked != null ? asked.parameters() : work.types(),
            work.binding().results());
  }

  @Override
  public boolean wantsRows() {
    return !scatter.hasFailed() && !rows.isComplete();
  }

  @Override
  public void described(LegQueue queue, ByteBuf body) {
    if (!described && describing == null && scatter.work().describes()) {
      rows.describe(body);
    }
    described = true;
  }

  @Override
  public void row(LegQueue queue, ByteBuf body) {
    queue.keep(body);
  }

  @Override
  public void pump() {
    if (scatter.hasFailed() || scatter.isSuspended()) {
      return;
    }
    for (LegQueue queue : queues) {
      for (ByteBuf row = queue.peek(); row != null; row = queue.peek()) {
        if (rows.isFull() && !rows.isComplete()) {
          rows.write();
          scatter.suspend();
          return;
        }
        if (!rows.flows() && !rows.isComplete()) {
          rows.write();
          return;
        }
        rows.row(row);
        queue.drop();
      }
    }
    LegQueue.given(scatter, queues);
  }

  @Override
  public void through(LegQueue queue, Optional<SqlError> error) {
    if (!scatter.failedBy(error)) {
      pump();
    }
  }

  @Override
  public void goOn() {
    pump();
  }

  @Override
  public boolean needs(ScatterLeg leg) {
    return queues.isEmpty();
  }

  @Override
  public String tag() {
    return "SELECT " + rows.given();
  }

  @Override
  public void release() {
    queues.forEach(LegQueue::release);
  }
}

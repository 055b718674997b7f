package dev.terrace.sql.session;

import dev.terrace.sql.plan.Gather;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Gives the client some rows of any shards, as they come. */
final class LimitGatherer implements Gatherer, LegQueue.Taker {

  private final Scatter scatter;
  private final ClientRows rows;
  private final Gather.Limited limited;
  private final List<LegQueue> queues = new ArrayList<>();
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
    ScatterWork work = scatter.work();
    Describing asked = describing;
    List<Integer> types =
        asked != null
            ? asked.parameters()
            : IntStream.range(0, work.binding().count()).mapToObj(work::type).toList();
    for (ScatterLeg leg : scatter.legs()) {
      queues.add(new LegQueue(leg, this));
    }
    for (LegQueue queue : queues) {
      work.sendOther(
          queue.leg().connection(), limited.partial(), types, List.of(), work.binding().results());
      queue.leg().expect(queue);
    }
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
    rows.write();
    if (rows.isComplete()) {
      queues.forEach(LegQueue::release);
    }
    if (queues.stream().allMatch(LegQueue::isOver)) {
      scatter.complete();
    } else if (rows.isFull() && !rows.isComplete()) {
      scatter.suspend();
    } else {
      queues.forEach(LegQueue::goOn);
    }
  }

  @Override
  public void through(LegQueue queue, Optional<SqlError> error) {
    if (error.isPresent() || scatter.hasFailed()) {
      scatter.fail(error.or(scatter::error).orElseThrow());
    } else {
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

package dev.terrace.sql.session;

import dev.terrace.sql.gather.ColumnArrays;
import dev.terrace.sql.gather.DataRow;
import dev.terrace.sql.gather.RowOrder;
import dev.terrace.sql.plan.SortedRows;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are kept until a server has said in which order they are: it gets their sort keys alone
 * and answers with their numbers.
 */
final class HeldRows implements LegQueue.Taker {

  private final Scatter scatter;
  private final ClientRows rows;
  private final int columns;
  private final SortedRows.Partial partial;
  private final SortedRows sorted;
  private final ColumnArrays keys;
  private final CombineBudget budget;
  private final List<byte[]> messages = new ArrayList<>();
  private List<Integer> types = List.of();
  private @Nullable LegQueue numbers;

  HeldRows(Scatter scatter, int columns, SortedRows.Partial partial, SortedRows sorted) {
    this.scatter = scatter;
    this.rows = scatter.rows();
    this.columns = columns;
    this.partial = partial;
    this.sorted = sorted;
    this.keys = new ColumnArrays(partial.keys().size());
    this.budget = new CombineBudget(scatter);
  }

  /** The types of the keys, by the first shard. */
  void types(List<Integer> found) {
    types = List.copyOf(found);
  }

  /** Keeps a row. */
  void add(RowOrder.Row row) {
    byte[] message = new byte[DataRow.length(row.body(), row.end())];
    ByteBuf out = Unpooled.wrappedBuffer(message).clear();
    DataRow.write(row.body(), columns, row.end(), out);
    messages.add(message);
    keys.add(row.body(), row.end());
    budget.takes(message.length + 24 + row.body().writerIndex() - row.end());
  }

  /** All rows are here: has them sorted. */
  void sort(List<Integer> parameters) {
    if (messages.isEmpty()) {
      scatter.complete();
      return;
    }
    LastStatement last = new LastStatement(scatter, keys, types);
    last.typed(() -> {
      LegQueue queue = new LegQueue(last.leg(), this);
      numbers = queue;
      String sql = partial.ordered(parameters.size() + 1, sorted.offset(), sorted.count());
      last.send(sql, parameters, new short[] {1}, queue);
    });
  }

  @Override
  public boolean wantsRows() {
    return !scatter.hasFailed();
  }

  @Override
  public void described(LegQueue queue, ByteBuf body) {
    // One number.
  }

  @Override
  public void row(LegQueue queue, ByteBuf body) {
    queue.keep(body);
  }

  @Override
  public void pump() {
    LegQueue queue = numbers;
    if (queue == null || scatter.hasFailed() || scatter.isSuspended()) {
      return;
    }
    for (ByteBuf row = queue.peek();
        row != null && !rows.isFull() && rows.flows();
        row = queue.peek()) {
      long number = row.getLong(row.readerIndex() + 6);
      rows.message(messages.get((int) number - 1));
      queue.drop();
    }
    rows.write();
    if (queue.isOver()) {
      scatter.complete();
    } else if (rows.isFull()) {
      scatter.suspend();
    } else {
      queue.goOn();
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

  void release() {
    messages.clear();
    LegQueue queue = numbers;
    if (queue != null) {
      queue.release();
    }
  }
}

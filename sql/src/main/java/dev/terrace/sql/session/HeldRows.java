package dev.terrace.sql.session;

import dev.terrace.sql.gather.ColumnArrays;
import dev.terrace.sql.gather.DataRow;
import dev.terrace.sql.gather.RowOrder;
import dev.terrace.sql.plan.SortedRows;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are kept until a server has said in which order they are: it gets their sort keys alone
 * and answers with their numbers.
 */
final class HeldRows {

  private final Scatter scatter;
  private final ClientRows rows;
  private final int columns;
  private final SortedRows.Partial partial;
  private final SortedRows sorted;
  private final ColumnArrays keys;
  private final CombineBudget budget;
  private final List<byte[]> messages = new ArrayList<>();
  private List<Integer> types = List.of();
  private @Nullable LastRows numbers;

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
      LastRows found = new LastRows(scatter, last.leg(), columns -> {}, this::give);
      numbers = found;
      String sql = partial.ordered(parameters.size() + 1, sorted.offset(), sorted.count());
      last.send(sql, parameters, new short[] {1}, found.queue());
    });
  }

  /** A row of the answer is the number of one that is kept. */
  private void give(ByteBuf row) {
    long number = row.getLong(row.readerIndex() + 6);
    rows.message(messages.get((int) number - 1));
  }

  /** The client takes more. */
  void goOn() {
    if (numbers != null) {
      numbers.pump();
    }
  }

  void release() {
    messages.clear();
    budget.release();
    if (numbers != null) {
      numbers.queue().release();
    }
  }
}

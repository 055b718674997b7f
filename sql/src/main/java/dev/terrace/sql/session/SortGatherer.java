package dev.terrace.sql.session;

import dev.terrace.sql.gather.Description;
import dev.terrace.sql.gather.RowOrder;
import dev.terrace.sql.plan.GatherFailure;
import dev.terrace.sql.plan.SortedRows;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Merges the sorted rows of the shards. Their sort keys are columns behind those of the client, in
 * binary format. Keys whose order only a server knows, as of text in a language's collation, are
 * sorted by one: see {@link HeldRows}.
 */
final class SortGatherer implements Gatherer, LegQueue.Taker {

  private final Scatter scatter;
  private final ClientRows rows;
  private final SortedRows sorted;
  private List<LegQueue> queues = List.of();
  private final List<RowOrder.@Nullable Row> heads = new ArrayList<>();
  private @Nullable Describing describing;
  private SortedRows.@Nullable Partial partial;
  private @Nullable RowOrder order;
  private @Nullable HeldRows held;
  private int columns;

  SortGatherer(Scatter scatter, SortedRows sorted) {
    this.scatter = scatter;
    this.rows = scatter.rows();
    this.sorted = sorted;
  }

  @Override
  public void start() {
    describing = Describing.start(scatter, Map.of(), this::send);
  }

  private Describing described() {
    Describing asked = describing;
    if (asked == null) {
      throw new IllegalStateException("nothing was asked yet");
    }
    return asked;
  }

  private SortedRows.Partial partial() {
    SortedRows.Partial made = partial;
    if (made == null) {
      throw new IllegalStateException("nothing was sent yet");
    }
    return made;
  }

  private void send() {
    columns = described().columns().types().size();
    try {
      partial = sorted.partial(described().columns().names());
    } catch (GatherFailure e) {
      scatter.fail(SqlError.error("0A000", "the statement " + e.detail(), e.hint()));
      return;
    }
    short[] formats = new short[columns + partial().keys().size()];
    Arrays.fill(formats, (short) 1);
    for (int i = 0; i < columns; i++) {
      formats[i] = scatter.work().binding().result(i);
    }
    scatter.legs().forEach(leg -> heads.add(null));
    queues = LegQueue.ask(scatter, this, partial().sql(), described().parameters(), formats);
  }

  @Override
  public boolean wantsRows() {
    return !scatter.hasFailed() && !rows.isComplete();
  }

  @Override
  public void described(LegQueue queue, ByteBuf body) {
    List<Integer> types = Description.read(body).types();
    if (!Description.fit(types.subList(0, columns), described().columns().types())) {
      scatter.fail(SqlError.error("0A000", "the shards' columns are of different types"));
    }
    List<Integer> keyTypes = types.subList(columns, types.size());
    if (order == null && held == null) {
      order = RowOrder.of(keys(keyTypes)).orElse(null);
      if (order == null) {
        held = new HeldRows(scatter, columns, partial(), sorted);
      } else {
        rows.limit(sorted.offset(), sorted.count());
      }
    }
    HeldRows holding = held;
    if (holding != null && queue.leg().index() == 0) {
      holding.types(keyTypes);
    }
  }

  private List<RowOrder.SortKey> keys(List<Integer> types) {
    List<RowOrder.SortKey> keys = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      SortedRows.MergeKey key = partial().keys().get(i);
      keys.add(
          new RowOrder.SortKey(
              types.get(i), key.descending(), key.nullsFirst(), key.plainCollation()));
    }
    return keys;
  }

  @Override
  public void row(LegQueue queue, ByteBuf body) {
    HeldRows holding = held;
    if (holding == null) {
      queue.keep(body);
    } else if (!scatter.hasFailed()) {
      holding.add(RowOrder.row(body, partial().keys().size()));
    }
  }

  @Override
  public void pump() {
    HeldRows holding = held;
    if (scatter.hasFailed() || scatter.isSuspended()) {
      return;
    }
    if (holding != null) {
      holding.goOn();
      return;
    }
    while (!rows.isFull() && !rows.isComplete() && rows.flows() && hasHeads()) {
      int first = first();
      RowOrder.Row row = heads.get(first);
      if (row == null) {
        break;
      }
      rows.row(row.body(), columns, row.end());
      queues.get(first).drop();
      heads.set(first, null);
    }
    LegQueue.given(scatter, queues);
  }

  /** Whether the first row of each shard that has any more is here. */
  private boolean hasHeads() {
    boolean any = false;
    for (int i = 0; i < queues.size(); i++) {
      LegQueue queue = queues.get(i);
      ByteBuf row = queue.peek();
      if (row == null && !queue.isThrough()) {
        return false;
      }
      if (row != null && heads.get(i) == null) {
        heads.set(i, RowOrder.row(row, partial().keys().size()));
      }
      any |= row != null;
    }
    return any;
  }

  private int first() {
    int first = -1;
    for (int i = 0; i < heads.size(); i++) {
      RowOrder.Row row = heads.get(i);
      if (row != null && (first < 0 || compare(row, heads.get(first)) < 0)) {
        first = i;
      }
    }
    return first;
  }

  private int compare(RowOrder.Row left, RowOrder.@Nullable Row right) {
    RowOrder known = order;
    return known == null || right == null ? -1 : known.compare(left, right);
  }

  @Override
  public void through(LegQueue queue, Optional<SqlError> error) {
    if (scatter.failedBy(error)) {
      return;
    }
    HeldRows holding = held;
    if (holding == null) {
      pump();
    } else if (queues.stream().allMatch(LegQueue::isThrough)) {
      holding.sort(described().parameters());
    }
  }

  @Override
  public void goOn() {
    pump();
  }

  @Override
  public boolean needs(ScatterLeg leg) {
    return queues.isEmpty() || (held != null && leg.index() == 0);
  }

  @Override
  public String tag() {
    return "SELECT " + rows.given();
  }

  @Override
  public void release() {
    queues.forEach(LegQueue::release);
    HeldRows holding = held;
    if (holding != null) {
      holding.release();
    }
  }
}

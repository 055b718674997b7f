package dev.terrace.sql.session;

import dev.terrace.sql.gather.ColumnArrays;
import dev.terrace.sql.gather.Description;
import dev.terrace.sql.plan.Combination;
import dev.terrace.sql.plan.Gather;
import dev.terrace.sql.plan.GatherFailure;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes the rows of the shards' partial statements and has a last statement run over them. */
final class CombineGatherer implements Gatherer {

  private static final short[] BINARY = {1};

  private final Scatter scatter;
  private final ClientRows rows;
  private final Combination combination;
  private final CombineBudget budget;
  private List<LegQueue> queues = List.of();
  private @Nullable Describing describing;
  private Combination.@Nullable Parts parts;
  private @Nullable ColumnArrays columns;
  private @Nullable LastRows last;
  private List<Integer> types = List.of();

  CombineGatherer(Scatter scatter, Combination combination) {
    this.scatter = scatter;
    this.rows = scatter.rows();
    this.combination = combination;
    this.budget = new CombineBudget(scatter);
  }

  @Override
  public void start() {
    describing = Describing.start(scatter, combination.probes(), this::send);
  }

  private Describing asked() {
    Describing asked = describing;
    if (asked == null) {
      throw new IllegalStateException("nothing was asked yet");
    }
    return asked;
  }

  private void refuse(GatherFailure failure) {
    scatter.fail(
        SqlError.error(
            "0A000",
            "the statement " + failure.detail() + " and would need several shards",
            failure.hint()));
  }

  private void send() {
    Describing asked = asked();
    Combination.Parts made;
    try {
      made = combination.parts(new Gather.Described(asked.columns().names(), asked.inputs()));
    } catch (GatherFailure e) {
      refuse(e);
      return;
    }
    parts = made;
    queues = LegQueue.ask(scatter, new PartialRows(), made.partial(), asked.parameters(), BINARY);
  }

  private void combine() {
    ColumnArrays held = columns;
    Combination.Parts made = parts;
    if (held == null || made == null) {
      throw new IllegalStateException("no columns were described");
    }
    String sql;
    try {
      sql = made.last(types, asked().parameters().size() + 1);
    } catch (GatherFailure e) {
      refuse(e);
      return;
    }
    LastStatement statement = new LastStatement(scatter, held, types);
    statement.typed(() -> {
      LastRows found = new LastRows(scatter, statement.leg(), this::check, row -> rows.row(row));
      last = found;
      statement.send(sql, asked().parameters(), scatter.work().binding().results(), found.queue());
      columns = null;
    });
  }

  /** The last statement's columns are the client's. */
  private void check(ByteBuf description) {
    if (!Description.read(description).types().equals(asked().columns().types())) {
      scatter.fail(
          SqlError.error(
              "0A000",
              "the statement's columns have other types when several shards are combined",
              "Cast the columns of the select list."));
    }
  }

  @Override
  public void goOn() {
    if (last != null) {
      last.pump();
    }
  }

  @Override
  public boolean needs(ScatterLeg leg) {
    return queues.isEmpty() || leg.index() == 0;
  }

  @Override
  public String tag() {
    return "SELECT " + rows.given();
  }

  @Override
  public void release() {
    queues.forEach(LegQueue::release);
    columns = null;
    budget.release();
    if (last != null) {
      last.queue().release();
    }
  }

  /** The rows of the partial statements. */
  private final class PartialRows implements LegQueue.Taker {

    @Override
    public boolean wantsRows() {
      return !scatter.hasFailed();
    }

    @Override
    public void described(LegQueue queue, ByteBuf body) {
      List<Integer> found = Description.read(body).types();
      if (columns == null) {
        columns = new ColumnArrays(found.size());
        types = found;
      } else if (!Description.fit(types, found)) {
        scatter.fail(SqlError.error("0A000", "the shards' columns are of different types"));
      }
      if (queue.leg().index() == 0) {
        types = found;
      }
    }

    @Override
    public void row(LegQueue queue, ByteBuf body) {
      ColumnArrays held = columns;
      if (held != null && !scatter.hasFailed()) {
        held.add(body, body.readerIndex() + 2);
        budget.takes(body.readableBytes());
      }
    }

    @Override
    public void pump() {
      // They are counted, not shown.
    }

    @Override
    public void through(LegQueue queue, Optional<SqlError> error) {
      if (!scatter.failedBy(error) && queues.stream().allMatch(LegQueue::isThrough)) {
        combine();
      }
    }
  }
}

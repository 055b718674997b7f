package dev.terrace.sql.session;

import dev.terrace.sql.plan.CopyTarget;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks the first shard's server which columns of a table are its key. */
final class ColumnQuestion implements ScatterTask {

  private final Scatter scatter;

  private final Consumer<List<Integer>> then;
  private final List<Integer> columns = new ArrayList<>();

  private ColumnQuestion(Scatter scatter, Consumer<List<Integer>> then) {
    this.scatter = scatter;
    this.then = then;
  }

  static void ask(Scatter scatter, CopyTarget target, Consumer<List<Integer>> then) {
    ScatterLeg first = scatter.legs().getFirst();
    first.connection().sendForReady(Requests.query(scatter.session().alloc(), target.question()));
    first.expect(new ColumnQuestion(scatter, then));
  }

  @Override
  public Take begin(byte type) {
    return type == Backend.DATA_ROW ? Take.COLLECT : Take.DROP;
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    columns.add(Integer.parseInt(String.valueOf(Answers.row(body).getFirst())));
  }

  @Override
  public void done(Optional<SqlError> error) {
    if (!scatter.failedBy(error)) {
      then.accept(columns);
    }
  }
}

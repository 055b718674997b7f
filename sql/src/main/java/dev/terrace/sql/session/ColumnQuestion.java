package dev.terrace.sql.session;

import dev.terrace.sql.plan.CopyTarget;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Asks the first shard's server which column of a table is its key. */
final class ColumnQuestion implements ScatterTask {

  /** The number of columns and the first one's length stand before its value. */
  private final Scatter scatter;

  private final Consumer<OptionalInt> then;
  private OptionalInt column = OptionalInt.empty();

  private ColumnQuestion(Scatter scatter, Consumer<OptionalInt> then) {
    this.scatter = scatter;
    this.then = then;
  }

  static void ask(Scatter scatter, CopyTarget target, Consumer<OptionalInt> then) {
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
    column = OptionalInt.of(Integer.parseInt(String.valueOf(Answers.row(body).getFirst())));
  }

  @Override
  public void done(Optional<SqlError> error) {
    if (!scatter.failedBy(error)) {
      then.accept(column);
    }
  }
}

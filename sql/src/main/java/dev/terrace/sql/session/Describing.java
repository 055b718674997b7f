package dev.terrace.sql.session;

import dev.terrace.sql.gather.Description;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the first shard's server what a statement's columns and parameters are: so a statement that
 * PostgreSQL would refuse is refused in its words, and one sent in its place can be checked.
 */
final class Describing implements ScatterTask {

  private static final String NO_COLUMN = "42703";

  private final Scatter scatter;
  private final Runnable then;
  private final List<Integer> parameters = new ArrayList<>();
  private final Set<String> inputs = new HashSet<>();
  private @Nullable Description columns;
  private int awaited;

  private Describing(Scatter scatter, Runnable then) {
    this.scatter = scatter;
    this.then = then;
  }

  /**
   * Asks, then goes on.
   *
   * @param probes statements by the names that they ask for
   */
  static Describing start(Scatter scatter, Map<String, String> probes, Runnable then) {
    Describing asks = new Describing(scatter, then);
    ScatterLeg first = scatter.legs().getFirst();
    asks.awaited = 1 + probes.size();
    scatter.work().sendDescribe(first.connection());
    first.expect(asks);
    probes.forEach((name, sql) -> asks.probe(first, name, sql));
    return asks;
  }

  private void probe(ScatterLeg first, String name, String sql) {
    List<Integer> declared = scatter.work().types();
    // A transaction must outlive a probe that fails.
    boolean inTransaction = first.connection().status() == 'T';
    if (inTransaction) {
      first.run("SAVEPOINT terrace_probe", failure -> failure.ifPresent(scatter::fail));
    }
    first.connection().send(Requests.parse(first.connection().channel().alloc(), sql, declared));
    first.connection().sendForReady(Requests.sync());
    first.expect(failure -> {
      if (failure.isEmpty()) {
        inputs.add(name);
      } else if (!failure.get().sqlState().equals(NO_COLUMN)) {
        scatter.fail(failure.get());
      }
      answered();
    });
    if (inTransaction) {
      awaited++;
      first.run(
          "ROLLBACK TO SAVEPOINT terrace_probe;RELEASE SAVEPOINT terrace_probe",
          failure -> {
            failure.ifPresent(scatter::fail);
            answered();
          });
    }
  }

  /** The columns. */
  Description columns() {
    Description found = columns;
    return found == null ? new Description(List.of(), List.of()) : found;
  }

  /** The types of the parameters. */
  List<Integer> parameters() {
    return parameters;
  }

  /** The names that mean columns of the statement's tables. */
  Set<String> inputs() {
    return inputs;
  }

  @Override
  public Take begin(byte type) {
    return type == Backend.ROW_DESCRIPTION || type == Backend.PARAMETER_DESCRIPTION
        ? Take.COLLECT
        : Take.DROP;
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    if (type == Backend.PARAMETER_DESCRIPTION) {
      int count = body.getUnsignedShort(body.readerIndex());
      for (int i = 0; i < count; i++) {
        parameters.add(body.getInt(body.readerIndex() + 2 + 4 * i));
      }
    } else {
      columns = Description.read(body);
      if (!scatter.work().fits(body)) {
        scatter.fail(Outdated.COLUMNS_CHANGED);
      }
      if (scatter.work().describes()) {
        scatter.rows().describe(body);
      }
    }
  }

  @Override
  public void done(Optional<SqlError> error) {
    error.ifPresent(scatter::fail);
    if (error.isEmpty() && scatter.work().binding().count() != parameters.size()) {
      scatter.fail(
          SqlError.error(
              "08P01",
              "bind message supplies "
                  + scatter.work().binding().count()
                  + " parameters, but the statement requires "
                  + parameters.size()));
    } else if (error.isEmpty() && scatter.work().binding().misfits(columns().types().size())) {
      scatter.fail(
          SqlError.error(
              "08P01",
              "bind message has "
                  + scatter.work().binding().results().length
                  + " result formats but query has "
                  + columns().types().size()
                  + " columns"));
    }
    answered();
  }

  private void answered() {
    awaited--;
    if (awaited == 0) {
      if (!scatter.failedBy(Optional.empty())) {
        then.run();
      }
    }
  }
}

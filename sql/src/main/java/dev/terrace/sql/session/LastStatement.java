package dev.terrace.sql.session;

import dev.terrace.sql.gather.ArrayTypes;
import dev.terrace.sql.gather.ColumnArrays;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A statement over columns that Terrace holds, for which the first shard's server is used. */
final class LastStatement {

  private final Scatter scatter;
  private final ScatterLeg leg;
  private final ColumnArrays columns;
  private final List<Integer> types;
  private final List<Integer> arrays = new ArrayList<>();

  LastStatement(Scatter scatter, ColumnArrays columns, List<Integer> types) {
    this.scatter = scatter;
    this.leg = scatter.legs().getFirst();
    this.columns = columns;
    this.types = types;
  }

  ScatterLeg leg() {
    return leg;
  }

  /** Finds out the array types that are not known, one after the other, then goes on. */
  void typed(Runnable then) {
    while (arrays.size() < types.size()) {
      int type = types.get(arrays.size());
      Optional<Integer> known = ArrayTypes.of(type);
      if (known.isEmpty()) {
        ask(type, then);
        return;
      }
      arrays.add(known.get());
    }
    then.run();
  }

  private void ask(int type, Runnable then) {
    String sql =
        "SELECT typarray FROM pg_catalog.pg_type WHERE oid = " + Integer.toUnsignedString(type);
    leg.connection().sendForReady(Requests.query(leg.connection().channel().alloc(), sql));
    leg.expect(
        new ScatterTask() {
          private int found;

          @Override
          public Take begin(byte message) {
            return message == Backend.DATA_ROW ? Take.COLLECT : Take.DROP;
          }

          @Override
          public void collected(byte message, ByteBuf body) {
            int start = body.readerIndex() + 6;
            String text =
                body.toString(start, body.writerIndex() - start, StandardCharsets.US_ASCII);
            found = Integer.parseUnsignedInt(text);
          }

          @Override
          public void done(Optional<SqlError> error) {
            if (found == 0) {
              scatter.fail(
                  error.orElseGet(() ->
                      SqlError.error(
                          "0A000",
                          "a column is of a type that has no arrays, and several shards would be"
                              + " needed",
                          "Cast it to text.")));
            } else {
              arrays.add(found);
              typed(then);
            }
          }
        });
  }

  /**
   * Sends it.
   *
   * @param parameters the types of the client's parameters, after which come the arrays
   */
  void send(String sql, List<Integer> parameters, short[] resultFormats, LegQueue queue) {
    List<Integer> all = new ArrayList<>(parameters);
    all.addAll(arrays);
    List<ByteBuf> values = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      values.add(columns.array(i, types.get(i)));
    }
    scatter.work().sendOther(leg.connection(), sql, all, values, resultFormats);
    leg.expect(queue);
  }
}

package dev.terrace.sql.server;

import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What Terrace itself asks a server, on a connection that it has to itself: keeps the rows. */
public abstract class Question extends Nobody {

  private static final int ROWS_MAX = 1_000_000;

  private final List<List<@Nullable String>> rows = new ArrayList<>();
  private Optional<SqlError> error = Optional.empty();
  private int readiesLeft = 1;

  /** A question that one ReadyForQuery ends, unless told otherwise. */
  protected Question() {}

  /** One more ReadyForQuery comes before the end. */
  protected final void awaitMore() {
    readiesLeft++;
  }

  /**
   * The server has answered in full.
   *
   * @param answer the rows as text, null for NULL
   */
  protected abstract void answered(List<List<@Nullable String>> answer, Optional<SqlError> failure);

  @Override
  public final Take begin(byte type) {
    return type == Backend.DATA_ROW ? Take.COLLECT : Take.DROP;
  }

  @Override
  public final void collected(byte type, ByteBuf body) {
    switch (type) {
      case Backend.DATA_ROW -> {
        if (rows.size() < ROWS_MAX) {
          rows.add(Answers.row(body));
        }
      }
      case Backend.ERROR -> error = Optional.of(SqlError.read(body));
      case Backend.READY -> {
        readiesLeft--;
        if (readiesLeft == 0) {
          answered(rows, error);
        }
      }
      default -> {
        // A setting that the connection has noted.
      }
    }
  }
}

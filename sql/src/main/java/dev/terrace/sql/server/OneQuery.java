package dev.terrace.sql.server;

import dev.terrace.core.pool.Address;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A query of Terrace's own on a connection that it has to itself; keeps the rows. */
final class OneQuery extends Nobody {

  private static final int ROWS_MAX = 1_000_000;

  private final ServerPool pool;
  private final ServerConnection connection;
  private final CompletableFuture<ServerQueries.Rows> answer;
  private final List<List<@Nullable String>> rows = new ArrayList<>();
  private @Nullable SqlError error;

  private OneQuery(
      ServerPool pool, ServerConnection connection, CompletableFuture<ServerQueries.Rows> answer) {
    this.pool = pool;
    this.connection = connection;
    this.answer = answer;
  }

  /** To be called on the pool's loop. */
  static void run(
      ServerPool pool, Address server, String sql, CompletableFuture<ServerQueries.Rows> answer) {
    pool.acquireOwn(
        server,
        new ServerPool.Acquired() {
          @Override
          public void connected(ServerConnection connection) {
            OneQuery query = new OneQuery(pool, connection, answer);
            connection.use(query);
            query.send(sql);
          }

          @Override
          public void failed(ServerFailure failure) {
            answer.completeExceptionally(
                new ServerQueryException("08006", server + ": " + failure.detail()));
          }
        });
  }

  private void send(String sql) {
    // Another's settings may be on it.
    String plain =
        connection.settings().equals(Settings.NONE) ? sql : Settings.NONE.sql() + ";" + sql;
    connection.settings(Settings.NONE);
    connection.sendForReady(Requests.query(connection.channel().alloc(), plain));
    connection.flush();
    answer.whenComplete((rowsOrNull, failure) -> {
      if (failure instanceof CancellationException) {
        connection.channel().eventLoop().execute(connection::close);
      }
    });
  }

  @Override
  public Take begin(byte type) {
    return type == Backend.DATA_ROW ? Take.COLLECT : Take.DROP;
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    switch (type) {
      case Backend.DATA_ROW -> {
        if (rows.size() < ROWS_MAX) {
          rows.add(row(body));
        }
      }
      case Backend.ERROR -> error = SqlError.read(body);
      case Backend.READY -> finish();
      default -> {
        // A setting.
      }
    }
  }

  private void finish() {
    pool.release(connection);
    SqlError why = error;
    if (why == null) {
      answer.complete(new ServerQueries.Rows(rows));
    } else {
      answer.completeExceptionally(new ServerQueryException(why.sqlState(), why.message()));
    }
  }

  private static List<@Nullable String> row(ByteBuf body) {
    int columns = body.readUnsignedShort();
    List<@Nullable String> row = new ArrayList<>(columns);
    for (int i = 0; i < columns; i++) {
      int length = body.readInt();
      row.add(length < 0 ? null : body.readCharSequence(length, StandardCharsets.UTF_8).toString());
    }
    return row;
  }

  @Override
  public void lost(ServerConnection lost) {
    answer.completeExceptionally(
        new ServerQueryException(
            "08006",
            lost.farewell().map(SqlError::message).orElse("the server closed the connection")));
  }
}

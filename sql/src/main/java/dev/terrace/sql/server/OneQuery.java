package dev.terrace.sql.server;

import dev.terrace.core.pool.Address;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A query that somebody on another thread waits for. */
final class OneQuery extends Question {

  private final ServerPool pool;
  private final ServerConnection connection;
  private final CompletableFuture<ServerQueries.Rows> answer;

  private OneQuery(
      ServerPool pool, ServerConnection connection, CompletableFuture<ServerQueries.Rows> answer) {
    this.pool = pool;
    this.connection = connection;
    this.answer = answer;
  }

  /** To be called on the pool's loop. */
  static void run(
      ServerPool pool,
      Address server,
      Account account,
      String sql,
      CompletableFuture<ServerQueries.Rows> answer) {
    pool.acquireOwn(
        server,
        account,
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
    ByteBufAllocator alloc = connection.channel().alloc();
    if (!connection.settings().equals(Settings.NONE)) {
      // Another's settings are on it. By itself: several statements of one query are a transaction.
      awaitMore();
      connection.sendForReady(Requests.query(alloc, Settings.NONE.sql()));
      connection.settings(Settings.NONE);
    }
    connection.sendForReady(Requests.query(alloc, sql));
    connection.flush();
    answer.whenComplete((rowsOrNull, failure) -> {
      if (failure instanceof CancellationException) {
        connection.channel().eventLoop().execute(connection::close);
      }
    });
  }

  @Override
  protected void answered(List<List<@Nullable String>> rows, Optional<SqlError> failure) {
    pool.release(connection);
    if (failure.isEmpty()) {
      answer.complete(new ServerQueries.Rows(rows));
    } else {
      SqlError why = failure.get();
      answer.completeExceptionally(new ServerQueryException(why.sqlState(), why.message()));
    }
  }

  @Override
  public void lost(ServerConnection lost) {
    answer.completeExceptionally(
        new ServerQueryException(
            "08006",
            lost.farewell().map(SqlError::message).orElse("the server closed the connection")));
  }
}

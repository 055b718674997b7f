package dev.terrace.sql.server;

import dev.terrace.core.pool.Address;
import dev.terrace.net.EventLoops;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks servers what Terrace itself wants to know or do, over the connections that clients use too.
 * Blocks, so it is for virtual threads and never for an event loop.
 */
public final class ServerQueries {

  /** The rows of the statements asked, as text; null is NULL. */
  public record Rows(List<List<@Nullable String>> rows) {

    /** The first value of the first row; empty text if there is none. */
    public String first() {
      String value = rows.isEmpty() ? null : rows.getFirst().getFirst();
      return value == null ? "" : value;
    }
  }

  private final EventLoops loops;
  private final ServerPools pools;
  private final Supplier<Account> account;
  private final AtomicInteger next = new AtomicInteger();

  /** Asks over these connections, as that account. */
  public ServerQueries(EventLoops loops, ServerPools pools, Supplier<Account> account) {
    this.account = account;
    this.loops = loops;
    this.pools = pools;
  }

  /**
   * Sees to a table of Terrace's own, in the schema {@code terrace}.
   *
   * @param columns as CREATE TABLE has them in its parentheses
   * @throws ServerQueryException if it is not there and cannot be made
   */
  public void create(Address server, String table, String columns, Duration patience)
      throws ServerQueryException {
    String name = "terrace." + table;
    if (!ask(server, "select to_regclass('" + name + "')", patience).first().isEmpty()) {
      return;
    }
    try {
      ask(
          server,
          "create schema if not exists terrace; create table if not exists "
              + name
              + " ("
              + columns
              + ")",
          patience);
    } catch (ServerQueryException e) {
      // Another process made it at the same moment.
      if (!e.sqlState().equals("23505") && !e.sqlState().startsWith("42P0")) {
        throw e;
      }
    }
  }

  /**
   * Runs the statements of a text on a server, each by itself unless they say BEGIN.
   *
   * @throws ServerQueryException if the server cannot be had, says an error, or takes longer
   */
  public Rows ask(Address server, String sql, Duration patience) throws ServerQueryException {
    List<EventLoop> all = loops.all();
    EventLoop loop = all.get(Math.floorMod(next.getAndIncrement(), all.size()));
    CompletableFuture<Rows> answer = new CompletableFuture<>();
    try {
      loop.execute(() -> OneQuery.run(pools.of(loop), server, account.get(), sql, answer));
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ServerQueryException known
          ? known
          : new ServerQueryException("XX000", String.valueOf(e.getCause()));
    } catch (RejectedExecutionException e) {
      throw new ServerQueryException("57P01", "Terrace is shutting down", e);
    } catch (TimeoutException e) {
      // Whoever completes it late finds it cancelled, and the connection closed.
      answer.cancel(false);
      throw new ServerQueryException("57014", server + " did not answer within " + patience, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.cancel(false);
      throw new ServerQueryException("57014", "interrupted", e);
    }
  }
}

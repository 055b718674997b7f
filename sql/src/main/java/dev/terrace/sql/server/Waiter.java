package dev.terrace.sql.server;

import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/** One who waits for a connection to a server. */
final class Waiter {

  final Wish wish;

  /** Ends the wait, once it is set. */
  @Nullable ScheduledFuture<?> timeout;

  Waiter(Wish wish) {
    this.wish = wish;
  }
}

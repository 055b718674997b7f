package dev.terrace.sql.session;

import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client that has not logged in yet: it is counted, and its time is limited, over all that it may
 * have to do for it.
 */
final class Arrival {

  private final Entrance entrance;
  private final boolean admitted;
  private @Nullable ScheduledFuture<?> timeout;
  private Runnable late;
  private boolean over;

  Arrival(Entrance entrance, Channel client) {
    this.entrance = entrance;
    this.late = client::close;
    this.admitted = entrance.tryArrive();
    this.over = !admitted;
    if (admitted) {
      long patience = entrance.terms().config().loginTimeout().toMillis();
      timeout = client.eventLoop().schedule(this::isLate, patience, TimeUnit.MILLISECONDS);
      client.closeFuture().addListener(closed -> end());
    }
  }

  /** Whether there was room for it. */
  boolean isAdmitted() {
    return admitted;
  }

  /** What to do if the time is over; until told otherwise the connection is closed. */
  void whenLate(Runnable action) {
    late = action;
  }

  private void isLate() {
    if (!over) {
      entrance.login(LoginResult.LATE);
      late.run();
    }
  }

  /** It has logged in, or is gone. */
  void end() {
    if (!over) {
      over = true;
      entrance.arrived();
      if (timeout != null) {
        timeout.cancel(false);
      }
    }
  }
}

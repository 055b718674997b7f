package dev.terrace.sql.session;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Has a session wait until another's answer to the same request is kept, or will not be. Then its
 * batch begins again, and does not wait once more: it finds that answer, or asks for itself.
 */
final class FillWait {

  private final Session session;
  private @Nullable Place waiting;

  /** The batch that has waited. */
  private long round = -1;

  FillWait(Session session) {
    this.session = session;
  }

  boolean isWaiting() {
    return waiting != null;
  }

  /** A place in a queue; empty if the batch cannot begin again, or has done so already. */
  Optional<Place> place() {
    boolean may =
        round != session.batch().rounds()
            && session.retries().possible()
            && session.link().held() == null
            && !session.replies().awaitsServer();
    return may ? Optional.of(new Place()) : Optional.empty();
  }

  /** The session waits there. */
  void begin(Place place) {
    waiting = place;
    round = session.batch().rounds();
    session.batch().tally().waits();
  }

  /** Gives up waiting: the client has asked for that. */
  void cancel() {
    if (waiting != null) {
      close();
      session.batch().fail(session.batch().told(ServerSeeker.CANCELLED));
      session.resume();
    }
  }

  /** Nobody waits any more. */
  void close() {
    if (waiting != null) {
      waiting = null;
      session.batch().tally().waited();
    }
  }

  /** Where one waits. */
  final class Place implements Runnable {

    @Override
    public void run() {
      session.loop().execute(this::goOn);
    }

    private void goOn() {
      if (waiting != this) {
        return;
      }
      close();
      session.replies().clear();
      session.batch().startAgain();
      session.extended().startAgain();
      session.retries().beginAnew();
      session.resume();
    }
  }
}

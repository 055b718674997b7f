package dev.terrace.shop;

import java.util.concurrent.atomic.AtomicLong;

/** Writes down what is wrong with one neighbour, at most once a second while it lasts. */
final class Complaint {

  private static final long PAUSE_NANOS = 1_000_000_000;

  private final System.Logger log = System.getLogger("shop");
  private final AtomicLong next = new AtomicLong(System.nanoTime());
  private final String about;

  Complaint(String about) {
    this.about = about;
  }

  void say(Exception e) {
    long now = System.nanoTime();
    long due = next.get();
    if (now - due >= 0 && next.compareAndSet(due, now + PAUSE_NANOS)) {
      String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      log.log(System.Logger.Level.WARNING, about + ": " + first);
    }
  }
}

package dev.terrace.app.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Starts again what died. It waits before it does, so that somebody who killed a server on purpose
 * sees the system live without it.
 */
final class Supervisor implements AutoCloseable {

  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private record Ward(String name, BooleanSupplier alive, Runnable restart) {}

  private final PrintWriter out;
  private final Duration pause;
  private final List<Ward> wards = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  Supervisor(PrintWriter out, Duration pause) {
    this.out = out;
    this.pause = pause;
  }

  /** Has one more child looked after, from {@link #start} on. */
  void add(String name, BooleanSupplier alive, Runnable restart) {
    wards.add(new Ward(name, alive, restart));
  }

  /** Starts looking. */
  void start() {
    for (Ward ward : wards) {
      threads.add(Thread.ofPlatform().daemon().name("watch-" + ward.name).start(() -> watch(ward)));
    }
  }

  private void watch(Ward ward) {
    try {
      while (true) {
        Thread.sleep(LOOK_EVERY);
        if (!ward.alive.getAsBoolean()) {
          say(ward.name + " died; it is started again in " + pause.toSeconds() + " s");
          Thread.sleep(pause);
          restart(ward);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void restart(Ward ward) {
    try {
      ward.restart.run();
      say(ward.name + " is back");
    } catch (RuntimeException e) {
      say(ward.name + " could not be started: " + e.getMessage());
    }
  }

  private void say(String line) {
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}

package dev.terrace.console;

import dev.terrace.console.view.SystemView;
import java.time.Duration;
import java.util.List;

/**
 * The console's own thread: reads all counters once a second, sends the streams what it saw, and
 * looks more often whether a member's health has changed, so that this is sent at once.
 */
final class Live implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Live.class.getName());
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final Duration READ_EVERY = Duration.ofSeconds(1);

  private final Overview overview;
  private final EventStreams streams;
  private final Deadlines deadlines;
  private final History history = new History();
  private final Thread thread = Thread.ofVirtual().name("console-live").unstarted(this::run);
  private List<Object> seen = List.of();
  private long nextRead = System.nanoTime();

  Live(Overview overview, EventStreams streams, Deadlines deadlines) {
    this.overview = overview;
    this.streams = streams;
    this.deadlines = deadlines;
  }

  void start() {
    thread.start();
  }

  /** What a stream begins with: the last minutes, and how things are. */
  byte[] beginning() {
    byte[] past = EventStreams.event("history", Json.bytes(history.points()));
    byte[] now = snapshot(overview.system());
    byte[] both = new byte[past.length + now.length];
    System.arraycopy(past, 0, both, 0, past.length);
    System.arraycopy(now, 0, both, past.length, now.length);
    return both;
  }

  private static byte[] snapshot(SystemView system) {
    return EventStreams.event("snapshot", Json.bytes(system));
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        try {
          look();
        } catch (RuntimeException e) {
          LOG.log(System.Logger.Level.WARNING, "the console could not read the system", e);
        }
        Thread.sleep(LOOK_EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    deadlines.enforce();
    boolean due = System.nanoTime() - nextRead >= 0;
    if (due) {
      nextRead =
          Math.max(nextRead, System.nanoTime() - READ_EVERY.toNanos()) + READ_EVERY.toNanos();
      overview.read();
      history.add(overview.system());
    }
    List<Object> version = overview.version();
    boolean changed = !version.equals(seen);
    seen = version;
    if ((due || changed) && !streams.isEmpty()) {
      streams.publish(snapshot(overview.system()));
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}

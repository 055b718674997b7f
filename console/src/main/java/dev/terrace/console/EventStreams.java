package dev.terrace.console;

import com.sun.net.httpserver.HttpExchange;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * The open event streams (WHATWG HTML, "Server-sent events"). Each is written by its own thread,
 * and between that and the publisher is room for two events, the newest: who reads slowly misses
 * some, who does not read at all is cut.
 */
final class EventStreams implements AutoCloseable {

  /** Streams at once; one more is refused. */
  static final int STREAMS_MAX = 32;

  /** How long one event may take to be written before its reader counts as stuck. */
  static final Duration WRITE_MAX = Duration.ofSeconds(5);

  private static final int WAITING_MAX = 2;
  private static final byte[] END = new byte[0]; // no event is empty

  private final Deadlines deadlines;
  private final Duration writeMax;
  private final Semaphore free = new Semaphore(STREAMS_MAX);
  private final Set<BlockingQueue<byte[]>> open = ConcurrentHashMap.newKeySet();
  private final Counter refused;
  private final Counter stuck;
  private volatile boolean closed;

  EventStreams(Signals signals, Deadlines deadlines) {
    this(signals, deadlines, WRITE_MAX);
  }

  EventStreams(Signals signals, Deadlines deadlines, Duration writeMax) {
    this.deadlines = deadlines;
    this.writeMax = writeMax;
    refused = signals.counter(Metric.ADMIN_STREAMS_CUT, "limit");
    stuck = signals.counter(Metric.ADMIN_STREAMS_CUT, "slow");
    signals.gauge(open::size, Metric.ADMIN_STREAMS);
  }

  /** One event in the stream's format. */
  static byte[] event(String name, byte[] json) {
    ByteArrayOutputStream event = new ByteArrayOutputStream(json.length + 64);
    event.writeBytes(("event: " + name + "\ndata: ").getBytes(StandardCharsets.US_ASCII));
    event.writeBytes(json);
    event.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
    return event.toByteArray();
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /** Gives every stream this event; never waits. */
  void publish(byte[] event) {
    open.forEach(stream -> put(stream, event));
  }

  private static void put(BlockingQueue<byte[]> stream, byte[] event) {
    while (!stream.offer(event)) {
      stream.poll();
    }
  }

  /** Takes a place for one more stream; {@link #serve} gives it back. */
  boolean tryEnter() {
    boolean entered = !closed && free.tryAcquire();
    if (!entered) {
      refused.increment();
    }
    return entered;
  }

  /** Writes the first event and then all that are published, until either side ends it. */
  void serve(HttpExchange exchange, byte[] first) throws IOException {
    BlockingQueue<byte[]> stream = new ArrayBlockingQueue<>(WAITING_MAX);
    open.add(stream);
    try {
      if (closed) {
        return;
      }
      exchange.sendResponseHeaders(Answer.OK, 0);
      OutputStream out = exchange.getResponseBody();
      byte[] event = first;
      while (event.length > 0) {
        byte[] next = event;
        deadlines.within(
            writeMax,
            () -> {
              out.write(next);
              out.flush();
            });
        event = stream.take();
      }
    } catch (ClosedByInterruptException e) {
      stuck.increment();
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(stream);
      free.release();
    }
  }

  /** Ends all streams. */
  @Override
  public void close() {
    closed = true;
    publish(END);
  }
}

package dev.terrace.http.exchange;

import dev.terrace.http.head.HeadRewriter;
import dev.terrace.http.observe.AttemptView;
import dev.terrace.http.observe.DebugLines;
import dev.terrace.http.observe.ExchangeView;
import dev.terrace.http.observe.Observing;
import dev.terrace.http.observe.TraceContext;
import dev.terrace.http.wire.RequestHead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes note of what becomes of one exchange; this one does not, for nobody wants to know. */
class Observation {

  static final Observation NONE = new Observation();

  private Observation() {}

  /** Of the exchange that the client's request begins. */
  static Observation of(
      @Nullable Observing observing, ClientStream client, ClientPeer peer, long startNanos) {
    return observing == null || !observing.notes(client.head())
        ? NONE
        : new Noted(observing, client, peer, true, startNanos);
  }

  /** Tells of a request whose head we could not read, and answered so. */
  static void unreadable(
      @Nullable Observing observing, ClientStream client, int status, String reason) {
    if (observing != null) {
      long now = System.nanoTime();
      Noted noted = new Noted(observing, client, client.peer(), false, now);
      noted.answeredBecause(reason);
      noted.ended(status, now);
    }
  }

  /** Whether anything is noted. */
  boolean isOn() {
    return false;
  }

  void routed(RouteTarget to) {}

  /** A pool was chosen, for a client that is perhaps not the peer. */
  void sentTo(RoutePool chosen) {}

  void tried(AttemptView attempt) {}

  void bodyIn(int bytes) {}

  void bodyOut(int bytes) {}

  void answeredBecause(String why) {}

  /** The id of the span of another try. */
  long newSpan() {
    return TraceContext.NO_SPAN;
  }

  /** Those header lines, and what the request asks to be told of how it was served. */
  byte[] withDebugLines(byte[] lines) {
    return lines;
  }

  /** The header lines that a try below that span goes with; none while nothing is traced. */
  byte[] traceLines(long span) {
    return HeadRewriter.NO_LINES;
  }

  /** The exchange is over: tells all that was noted. */
  void ended(int status, long nanos) {}

  private static final class Noted extends Observation implements ExchangeView {
    private final Observing observing;
    private final ClientStream client;
    private final ClientPeer peer;
    private final long startNanos;
    private final List<AttemptView> attempts = new ArrayList<>(1);
    private final boolean headRead;
    private final boolean debug;
    private final @Nullable TraceContext trace;
    private String route = "";
    private String pool = "";
    private String reason = "";
    private long bytesIn;
    private long bytesOut;
    private int status;
    private long endNanos;

    Noted(
        Observing observing,
        ClientStream client,
        ClientPeer peer,
        boolean headRead,
        long startNanos) {
      this.headRead = headRead;
      debug = headRead && observing.tells(client.head());
      trace =
          headRead && observing.traces()
              ? TraceContext.of(client.head(), observing.traceShare())
              : null;
      this.observing = observing;
      this.peer = peer;
      this.client = client;
      this.startNanos = startNanos;
    }

    @Override
    boolean isOn() {
      return true;
    }

    @Override
    void routed(RouteTarget to) {
      route = to.label();
    }

    @Override
    void sentTo(RoutePool chosen) {
      pool = chosen.pool().name();
    }

    @Override
    void tried(AttemptView attempt) {
      attempts.add(attempt);
    }

    @Override
    void bodyIn(int bytes) {
      bytesIn += bytes;
    }

    @Override
    void bodyOut(int bytes) {
      bytesOut += bytes;
    }

    @Override
    void answeredBecause(String why) {
      reason = why;
    }

    @Override
    long newSpan() {
      return trace == null ? TraceContext.NO_SPAN : TraceContext.randomId();
    }

    @Override
    byte[] withDebugLines(byte[] lines) {
      if (!debug) {
        return lines;
      }
      byte[] told = DebugLines.of(this, System.nanoTime());
      byte[] all = Arrays.copyOf(lines, lines.length + told.length);
      System.arraycopy(told, 0, all, lines.length, told.length);
      return all;
    }

    @Override
    byte[] traceLines(long span) {
      return trace == null ? HeadRewriter.NO_LINES : trace.lines(span);
    }

    @Override
    void ended(int withStatus, long nanos) {
      status = withStatus;
      endNanos = nanos;
      observing.ended(this);
    }

    @Override
    public @Nullable RequestHead request() {
      return headRead ? client.head() : null;
    }

    @Override
    public String clientAddress() {
      return peer.address();
    }

    @Override
    public boolean secure() {
      return peer.secure();
    }

    @Override
    public String protocol() {
      return client.protocol();
    }

    @Override
    public long startNanos() {
      return startNanos;
    }

    @Override
    public long endNanos() {
      return endNanos;
    }

    @Override
    public int status() {
      return status;
    }

    @Override
    public long bytesIn() {
      return bytesIn;
    }

    @Override
    public long bytesOut() {
      return bytesOut;
    }

    @Override
    public String route() {
      return route;
    }

    @Override
    public String pool() {
      return pool;
    }

    @Override
    public String reason() {
      return reason;
    }

    @Override
    public @Nullable TraceContext trace() {
      return trace;
    }

    @Override
    public List<AttemptView> attempts() {
      return attempts;
    }
  }
}

package dev.terrace.http.exchange;

import dev.terrace.http.observe.AttemptView;
import dev.terrace.http.observe.ExchangeView;
import dev.terrace.http.observe.Observing;
import dev.terrace.http.wire.RequestHead;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes note of what becomes of one exchange; this one does not, for nobody wants to know. */
class Observation {

  static final Observation NONE = new Observation();

  private Observation() {}

  /** Of the exchange that the client's request begins. */
  static Observation of(
      @Nullable Observing observing, ClientStream client, ClientPeer peer, long startNanos) {
    return observing == null ? NONE : new Noted(observing, client, peer, startNanos);
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

  /** The exchange is over: tells all that was noted. */
  void ended(int status, long nanos) {}

  private static final class Noted extends Observation implements ExchangeView {
    private final Observing observing;
    private final ClientStream client;
    private final ClientPeer peer;
    private final long startNanos;
    private final List<AttemptView> attempts = new ArrayList<>(1);
    private String route = "";
    private String pool = "";
    private String reason = "";
    private long bytesIn;
    private long bytesOut;
    private int status;
    private long endNanos;

    Noted(Observing observing, ClientStream client, ClientPeer peer, long startNanos) {
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
    void ended(int withStatus, long nanos) {
      status = withStatus;
      endNanos = nanos;
      observing.ended(this);
    }

    @Override
    public RequestHead request() {
      return client.head();
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
    public List<AttemptView> attempts() {
      return attempts;
    }
  }
}

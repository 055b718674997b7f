package dev.terrace.http.exchange;

import dev.terrace.core.route.RouteOrder;
import dev.terrace.core.route.RouteTable;
import dev.terrace.http.head.HeadRewriter;
import dev.terrace.http.head.HeadView;
import dev.terrace.http.head.LocalAnswer;
import dev.terrace.net.acme.AcmeChallenges;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What all connections of a front share; a reload swaps what they serve by. */
public final class FrontState {

  private final HttpMetrics metrics;
  private volatile Serving serving =
      new Serving(
          new RouteTable.Builder<RouteTarget>().build(RouteOrder.FILE),
          1024,
          StreamLimits.NONE,
          new Limits(1, Set.of(), 1, Limits.UNLIMITED, Limits.UNLIMITED, Limits.UNLIMITED),
          new TrustedProxies(List.of()),
          1,
          1,
          null,
          null);

  private volatile byte[] altSvc = {};
  private volatile AcmeChallenges challenges = new AcmeChallenges();

  /** A front without routes yet. */
  public FrontState(HttpMetrics metrics) {
    this.metrics = metrics;
  }

  /** The front's counters. */
  public HttpMetrics metrics() {
    return metrics;
  }

  /** The client sent what is no request, and was answered so. */
  public void unreadable(Exchange none, int status, String reason) {
    Observation.unreadable(serving.observing(), none.client(), status, reason);
  }

  /** Tells clients over TLS from now on that HTTP/3 is to be had on that port; 0 for none. */
  public void offerHttp3(int port) {
    String line = port == 0 ? "" : "Alt-Svc: h3=\":" + port + "\"; ma=86400\r\n";
    altSvc = HeadRewriter.ascii(line);
  }

  /** These lines and what tells that client where else it may come to (RFC 7838). */
  byte[] withAltSvc(ClientPeer client, byte[] lines) {
    byte[] more = altSvc;
    if (more.length == 0 || !client.secure()) {
      return lines;
    }
    if (lines.length == 0) {
      return more;
    }
    byte[] both = Arrays.copyOf(lines, lines.length + more.length);
    System.arraycopy(more, 0, both, lines.length, more.length);
    return both;
  }

  /** How requests that come now are served. */
  public Serving serving() {
    return serving;
  }

  /** Serves requests that come from now on by this. */
  public void serve(Serving next) {
    serving = next;
  }

  /**
   * What an authority wants to see under a path before it signs a certificate (RFC 8555, section
   * 8.3); it goes before all routes. Null for everybody else.
   */
  @Nullable LocalAnswer proof(HeadView request) {
    if (challenges.isEmpty()) {
      return null;
    }
    return challenges
        .answer(request.path().toString())
        .map(text ->
            new LocalAnswer(
                200,
                "Content-Type: application/octet-stream\r\n",
                text.getBytes(StandardCharsets.US_ASCII)))
        .orElse(null);
  }

  /** Answers authorities from these from now on. */
  public void answer(AcmeChallenges from) {
    challenges = from;
  }
}

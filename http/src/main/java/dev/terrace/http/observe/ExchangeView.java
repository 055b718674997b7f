package dev.terrace.http.observe;

import dev.terrace.http.wire.RequestHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that is known of an exchange which is over. Times are on the scale of System.nanoTime. */
public interface ExchangeView {

  /** The request as the client sent it, or null if its head could not be read. */
  @Nullable RequestHead request();

  /** The client's IP address. */
  String clientAddress();

  /** Whether the client came over TLS. */
  boolean secure();

  /** The client's protocol, as in "HTTP/1.1". */
  String protocol();

  /** When the request's head had been read. */
  long startNanos();

  /** When the answer was complete, or nobody waited for it any more. */
  long endNanos();

  /** The answer's status; 499 if the client left before there was one. */
  int status();

  /** Bytes of the request's body, with the framing of chunks where that passes through. */
  long bytesIn();

  /** Bytes of the answer's body, likewise. */
  long bytesOut();

  /** The label of the route, empty if none was taken. */
  String route();

  /** The name of the pool, empty if none was asked. */
  String pool();

  /** Why Terrace itself answered, empty if a member did. */
  String reason();

  /** Where it stands in a trace, or null while nothing is traced. */
  @Nullable TraceContext trace();

  /** The tries on members, in order. */
  List<? extends AttemptView> attempts();

  /** The try that served, or else the last; null if there was none. */
  default @Nullable AttemptView serving() {
    List<? extends AttemptView> all = attempts();
    for (AttemptView attempt : all) {
      if (attempt.answeredNanos() != AttemptView.NEVER && attempt.failure() == null) {
        return attempt;
      }
    }
    return all.isEmpty() ? null : all.getLast();
  }
}

package dev.terrace.net.health;

import io.netty.handler.codec.http2.Http2Exception;
import javax.net.ssl.SSLException;

/** What is said of a connection on which a check came to no answer. */
final class ProbeFault {

  static final String UNANSWERED = "closed without an answer";

  private ProbeFault() {}

  /** The innermost cause says most: the outer ones are the library's layers. */
  static String words(Throwable cause) {
    Throwable innermost = cause;
    boolean tls = false;
    while (true) {
      if (innermost instanceof Http2Exception) {
        return "the answer is not HTTP/2";
      }
      tls |= innermost instanceof SSLException;
      if (innermost.getCause() == null) {
        break;
      }
      innermost = innermost.getCause();
    }
    return (tls ? "TLS: " : "broken answer: ") + innermost.getMessage();
  }
}

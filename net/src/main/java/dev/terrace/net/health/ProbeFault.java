package dev.terrace.net.health;

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
      tls |= innermost instanceof SSLException;
      if (innermost.getCause() == null) {
        break;
      }
      innermost = innermost.getCause();
    }
    return (tls ? "TLS: " : "broken answer: ") + innermost.getMessage();
  }
}

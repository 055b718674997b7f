package dev.terrace.config;

/** What a client of HTTP/3 may do that makes work. */
public record QuicConfig(
    @Doc(
            "From so many handshakes at once clients must prove their address first (Retry); 0 for"
                + " always.")
        @Default("256")
        int retryThreshold,
    @Doc("Requests that a client may cancel within ten seconds; more end its connection.")
        @Default("200")
        int maxCancelled) {

  public QuicConfig {
    Check.range("retry-threshold", retryThreshold, 0, 1_000_000);
    Check.range("max-cancelled", maxCancelled, 1, 1_000_000);
  }
}

package dev.terrace.config;

import dev.terrace.core.route.Network;
import dev.terrace.core.route.RouteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The HTTP front. */
public record HttpConfig(
    @Doc("The edge cache.") Optional<EdgeCacheConfig> cache,
    @Doc("Where requests go; the first route that matches is taken.") List<RouteConfig> routes,
    @Doc(
            "The order in which routes are tried: that of the file, or the most specific first (host,"
                + " path, method, header, query, cookie, client) and ties in that of the file.")
        @Default("file")
        RouteOrder order,
    @Doc("How long a client may take to send a request's head.") @Default("10s")
        Duration headTimeout,
    @Doc("How long a member may take to start its answer.") @Default("30s")
        Duration responseTimeout,
    @Doc("How long a connection may be silent: between requests, or within a body.") @Default("60s")
        Duration idleTimeout,
    @Doc("How long a tunnel (WebSocket) may be silent; for ever if left out.")
        Optional<Duration> tunnelIdleTimeout,
    @Doc("How long a request may take in all, retries and bodies included.")
        Optional<Duration> totalTimeout,
    @Doc("The largest request or response head.") @Default("32KB") Size maxHead,
    @Doc("The largest request body; a larger one is answered with 413.") Optional<Size> maxBody,
    @Doc("Attempts of one request in all; only what is safe to repeat is repeated.") @Default("3")
        int attempts,
    @Doc(
            "Statuses of answers that are thrown away for another attempt, if the request is safe to"
                + " repeat: 429 and 500 to 599.")
        List<Integer> retryOn,
    @Doc("Streams that one HTTP/2 or HTTP/3 connection may have open at once.") @Default("128")
        int maxStreams,
    @Doc("What an HTTP/2 or HTTP/3 client may send of one request before a member has taken it.")
        @Default("256KB")
        Size streamWindow,
    @Doc("The same of all requests of one connection.") @Default("1MB") Size connectionWindow,
    @Doc("Limits of HTTP/2 connections of clients.") Http2Config http2,
    @Doc("Limits of HTTP/3 connections of clients.") QuicConfig quic,
    @Doc("Whether HTTP/3 is served over UDP on the ports of listen.https.") @Default("false")
        boolean http3,
    @Doc(
            "Peers whose X-Forwarded-For, -Proto, -Host and Forwarded headers are believed; others'"
                + " are replaced.")
        List<Network> trustedProxies,
    @Doc(
            "Whether connections must begin with a PROXY protocol header (v1 or v2); only trusted"
                + " proxies may then connect.")
        @Default("false")
        boolean proxyProtocol,
    @Doc("Compresses answers that members did not.") Optional<CompressionConfig> compression,
    @Doc("A line for each request.") Optional<AccessLogConfig> accessLog,
    @Doc("Spans of requests, sent by OTLP over HTTP.") Optional<TracingConfig> tracing,
    @Doc("A request that has this header is answered with X-Terrace-Why and Server-Timing.")
        Optional<String> debugHeader) {

  public HttpConfig {
    Check.positive("head-timeout", headTimeout);
    Check.positive("response-timeout", responseTimeout);
    Check.positive("idle-timeout", idleTimeout);
    tunnelIdleTimeout.ifPresent(timeout -> Check.positive("tunnel-idle-timeout", timeout));
    totalTimeout.ifPresent(timeout -> Check.positive("total-timeout", timeout));
    Check.range("max-head", maxHead.bytes(), 1024, 1 << 20);
    Check.range("attempts", attempts, 1, 10);
    retryOn.forEach(Check::retriable);
    Check.range("max-streams", maxStreams, 1, 100_000);
    Check.range("stream-window", streamWindow.bytes(), 16 << 10, 1 << 30);
    Check.range("connection-window", connectionWindow.bytes(), 64 << 10, 1 << 30);
    if (connectionWindow.bytes() < streamWindow.bytes()) {
      throw new IllegalArgumentException("connection-window must not be less than stream-window");
    }
  }

  /** The edge cache. */
  public record EdgeCacheConfig(
      @Doc("How much memory stored responses may take.") @Default("256MB") Size memory) {}

  /** What is compressed, and how. */
  public record CompressionConfig(
      @Doc("The media types; text/* is all whose first part is text.")
          @Default("[text/*, application/json, application/javascript, image/svg+xml]")
          List<String> types,
      @Doc("Smaller answers are left as they are.") @Default("1KB") Size minSize,
      @Doc("What clients may be given, the most wanted first.") @Default("[zstd, br, gzip]")
          List<Encoding> encodings,
      @Doc("Answers that are compressed at once; more pass as they are.") @Default("512")
          int maxConcurrent) {

    public CompressionConfig {
      Check.range("max-concurrent", maxConcurrent, 1, 100_000);
    }
  }

  /** Ways to compress. */
  public enum Encoding {
    ZSTD,
    BR,
    GZIP
  }

  /** Where a line for each request goes. */
  public record AccessLogConfig(
      @Doc("The file; - is the standard output.") @Default("-") FileName file,
      @Doc("json; or Apache's common or combined format.") @Default("json") AccessLogFormat format,
      @Doc("The share of requests that get a line; those that fail always do.") @Default("100%")
          Percent sample,
      @Doc("Lines that may wait to be written; more are dropped and counted.") @Default("16384")
          int queue) {

    public AccessLogConfig {
      Check.range("queue", queue, 16, 1 << 20);
    }

    /** Whether lines go to the standard output. */
    public boolean toStandardOutput() {
      return file.written().equals("-");
    }
  }

  /** What a line looks like. */
  public enum AccessLogFormat {
    JSON,
    COMMON,
    COMBINED
  }

  /** Where spans go. */
  public record TracingConfig(
      @Doc("The collector's URL, as in http://127.0.0.1:4318/v1/traces.") String endpoint,
      @Doc(
              "The share of traces begun here that is recorded; those begun before follow their own"
                  + " mark.")
          @Default("1%")
          Percent sample,
      @Doc("The service's name.") @Default("terrace") String service,
      @Doc("Requests whose spans may wait to be sent; more are dropped and counted.")
          @Default("4096")
          int queue) {

    public TracingConfig {
      Check.url("endpoint", endpoint);
      Check.range("queue", queue, 16, 1 << 20);
    }
  }
}

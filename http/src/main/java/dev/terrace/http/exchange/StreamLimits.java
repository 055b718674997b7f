package dev.terrace.http.exchange;

import dev.terrace.config.Http2Config;
import dev.terrace.config.HttpConfig;
import dev.terrace.config.QuicConfig;
import dev.terrace.config.Size;

/**
 * What one connection of HTTP/2 or HTTP/3 may have at once, and what it may bring that makes work.
 *
 * @param maxStreams requests at once
 * @param streamWindow bytes of one request that no member has taken yet
 * @param connectionWindow bytes of all of them
 */
public record StreamLimits(
    int maxStreams, int streamWindow, int connectionWindow, Http2Config http2, QuicConfig quic) {

  /** Those of a front that nothing was configured for: nobody connects to it. */
  static final StreamLimits NONE =
      new StreamLimits(
          1,
          1,
          1,
          new Http2Config(
              new Http2Config.FramesPerSecond(1, 1, 1, 1, 1, 1, 1), 1, new Size(64 << 10)),
          new QuicConfig(1, 1));

  /** As the file has them. */
  public static StreamLimits of(HttpConfig http) {
    return new StreamLimits(
        http.maxStreams(),
        (int) http.streamWindow().bytes(),
        (int) http.connectionWindow().bytes(),
        http.http2(),
        http.quic());
  }
}

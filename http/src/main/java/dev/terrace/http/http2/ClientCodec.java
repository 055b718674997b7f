package dev.terrace.http.http2;

import dev.terrace.http.exchange.StreamLimits;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/**
 * The parts of Netty's codec for one client. Its own checks of fields are off, for they end a
 * stream before it exists, and what the client still sends for it would then end the connection:
 * {@link Http2Heads} checks, once the stream is there.
 */
record ClientCodec(
    Http2ConnectionDecoder decoder,
    Http2ConnectionEncoder encoder,
    Http2Settings settings,
    StreamLimits limits,
    FrameBudget budget) {

  /** RFC 9218, section 2.1. */
  private static final char NO_RFC7540_PRIORITIES = 9;

  static ClientCodec of(int maxHead, StreamLimits limits) {
    Http2Connection connection = new DefaultHttp2Connection(true, 0);
    connection
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(
                connection, new UniformStreamByteDistributor(connection)));
    // Netty's number is the first that is too many.
    int continuations = limits.http2().maxContinuations() + 1;
    FrameBudget reader =
        new FrameBudget(
            new DefaultHttp2FrameReader(fields(maxHead), continuations),
            connection,
            limits.http2());
    Http2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(connection, new DefaultHttp2FrameWriter());
    Http2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(
            connection,
            encoder,
            reader,
            Http2PromisedRequestVerifier.ALWAYS_VERIFY,
            true,
            true,
            false,
            false);
    return new ClientCodec(decoder, encoder, settings(maxHead, limits), limits, reader);
  }

  private static Http2Settings settings(int maxHead, StreamLimits limits) {
    Http2Settings settings =
        new Http2Settings()
            .maxConcurrentStreams(limits.maxStreams())
            .initialWindowSize(limits.streamWindow())
            .maxHeaderListSize(maxHead)
            .connectProtocolEnabled(true);
    settings.put(NO_RFC7540_PRIORITIES, (Long) 1L);
    return settings;
  }

  private static DefaultHttp2HeadersDecoder fields(int maxHead) {
    return new DefaultHttp2HeadersDecoder(false, maxHead) {
      @Override
      protected Http2Headers newHeaders() {
        return new FieldList();
      }
    };
  }
}

package dev.terrace.http.http2;

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
    FrameBudget budget) {

  /** What a client may send of one request, and of all, before a member has taken it. */
  private static final int STREAM_WINDOW = 256 * 1024;

  static final int CONNECTION_WINDOW = 1024 * 1024;

  /** RFC 9218, section 2.1. */
  private static final char NO_RFC7540_PRIORITIES = 9;

  private static final int SMALL_CONTINUATIONS = 16;

  static ClientCodec of(int maxHead, int maxStreams) {
    Http2Connection connection = new DefaultHttp2Connection(true, 0);
    connection
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(
                connection, new UniformStreamByteDistributor(connection)));
    FrameBudget reader =
        new FrameBudget(
            new DefaultHttp2FrameReader(fields(maxHead), SMALL_CONTINUATIONS), connection);
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
    return new ClientCodec(decoder, encoder, settings(maxHead, maxStreams), reader);
  }

  private static Http2Settings settings(int maxHead, int maxStreams) {
    Http2Settings settings =
        new Http2Settings()
            .maxConcurrentStreams(maxStreams)
            .initialWindowSize(STREAM_WINDOW)
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

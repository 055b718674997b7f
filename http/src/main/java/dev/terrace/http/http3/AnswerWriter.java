package dev.terrace.http.http3;

import dev.terrace.http.http2.Http2Fields;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/** Writes an answer as frames of HTTP/3 (RFC 9114, section 4.1); buffers are taken over. */
final class AnswerWriter {

  private final QuicStreamChannel channel;
  private final ChannelFutureListener written;
  private @Nullable ChannelFuture last;

  /**
   * Writes to that stream.
   *
   * @param refused run when the client does not take what is written
   */
  AnswerWriter(QuicStreamChannel channel, Runnable refused) {
    this.channel = channel;
    written =
        write -> {
          if (!write.isSuccess()) {
            refused.run();
          }
        };
  }

  /** A head, interim or final. */
  void head(ByteBuf head) {
    Http3Headers fields = new DefaultHttp3Headers(false);
    try {
      Http2Fields.answer(head, fields);
    } finally {
      head.release();
    }
    write(new DefaultHttp3HeadersFrame(fields));
  }

  void body(ByteBuf piece) {
    if (piece.isReadable()) {
      write(new DefaultHttp3DataFrame(piece));
    } else {
      piece.release();
    }
  }

  /** Trailers, if there are any; and no more. */
  void end(@Nullable ByteBuf trailers) {
    if (trailers != null) {
      Http3Headers fields = new DefaultHttp3Headers(false);
      try {
        Http2Fields.trailers(trailers, fields);
      } finally {
        trailers.release();
      }
      write(new DefaultHttp3HeadersFrame(fields));
    }
    if (last != null) {
      last.addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
    }
  }

  private void write(Object frame) {
    last = channel.write(frame).addListener(written);
  }
}

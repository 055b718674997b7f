package dev.terrace.http.wire;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectDecoder;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a connection's bytes with Netty's decoder, which is strict unless told otherwise. */
final class NettyReader {

  /** Below what a whole head may have with us. */
  static final int LINE_MAX = 300;

  static final int HEADERS_MAX = 500;

  private final Reading.Builder reading = new Reading.Builder();
  private boolean inBody;
  private String refusal = "";

  private NettyReader() {}

  static Reading requests(byte[] bytes) {
    return new NettyReader().read(new HttpRequestDecoder(config()), bytes);
  }

  static Reading answers(byte[] bytes) {
    return new NettyReader().read(new HttpResponseDecoder(config()), bytes);
  }

  private static HttpDecoderConfig config() {
    return new HttpDecoderConfig().setMaxInitialLineLength(LINE_MAX).setMaxHeaderSize(HEADERS_MAX);
  }

  private Reading read(HttpObjectDecoder decoder, byte[] bytes) {
    EmbeddedChannel channel = new EmbeddedChannel(decoder);
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(bytes));
      Object part = channel.readInbound();
      while (part != null && refusal.isEmpty()) {
        take(part);
        ReferenceCountUtil.release(part);
        part = channel.readInbound();
      }
      if (inBody) {
        reading.end(false);
      }
      return reading.done(refusal, -1);
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  private void take(Object part) {
    if (part instanceof HttpObject object && object.decoderResult().isFailure()) {
      refusal = words(object.decoderResult());
      return;
    }
    if (part instanceof HttpMessage message) {
      inBody = true;
      reading.head(-1, start(message), headers(message), framing(message));
    }
    if (part instanceof HttpContent content) {
      reading.data(content.content().toString(StandardCharsets.ISO_8859_1));
      if (part instanceof LastHttpContent) {
        inBody = false;
        reading.end(true);
      }
    }
  }

  private static String words(DecoderResult result) {
    @Nullable Throwable cause = result.cause();
    return cause == null ? "refused" : String.valueOf(cause.getMessage());
  }

  private static String start(HttpMessage message) {
    return switch (message) {
      case HttpRequest request ->
          request.method().name() + " " + request.uri() + " " + request.protocolVersion().text();
      case HttpResponse answer -> answer.protocolVersion().text() + " " + answer.status().code();
      default -> throw new IllegalStateException(message.toString());
    };
  }

  private static List<String> headers(HttpMessage message) {
    List<String> headers = new ArrayList<>();
    for (Map.Entry<String, String> header : message.headers()) {
      headers.add(header.getKey() + ": " + header.getValue());
    }
    return headers;
  }

  private static String framing(HttpMessage message) {
    if (message instanceof HttpResponse answer && !hasBody(answer.status().code())) {
      return "0 bytes";
    }
    if (HttpUtil.isTransferEncodingChunked(message)) {
      return "chunked";
    }
    long length = HttpUtil.getContentLength(message, -1L);
    return length >= 0
        ? length + " bytes"
        : message instanceof HttpResponse ? "until close" : "0 bytes";
  }

  private static boolean hasBody(int status) {
    return status >= 200 && status != 204 && status != 304;
  }
}

package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * Reads a member's answer to a check only as far as it decides: the status, and of the body no more
 * than the text that is looked for and never more than {@link #BODY_BYTES_MAX}.
 */
final class HttpAnswer extends ProbeAnswer {

  /** How much of a body is looked at. */
  static final int BODY_BYTES_MAX = 64 << 10;

  private final HttpCheck check;
  private final byte[] wanted;
  private byte[] body = new byte[0];
  private int length;

  HttpAnswer(HttpCheck check, CompletableFuture<ProbeResult> result) {
    super(result);
    this.check = check;
    this.wanted = check.body().orElse("").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  void read(ChannelHandlerContext context, HttpObject part) {
    if (part instanceof HttpResponse head) {
      head(context, head);
    }
    if (part instanceof HttpContent content && !isOver()) {
      body(context, content);
    }
  }

  private void head(ChannelHandlerContext context, HttpResponse head) {
    int status = head.status().code();
    if (!check.statuses().contains(status)) {
      fail(context, "HTTP " + status);
    } else if (wanted.length == 0) {
      pass(context);
    }
  }

  private void body(ChannelHandlerContext context, HttpContent content) {
    int before = length;
    append(content.content());
    if (holds(Math.max(0, before - wanted.length + 1))) {
      pass(context);
    } else if (length == BODY_BYTES_MAX) {
      fail(context, "no '" + shown() + "' in the first 64 KB of the body");
    } else if (content instanceof LastHttpContent) {
      fail(context, "no '" + shown() + "' in the body");
    }
  }

  private void append(ByteBuf content) {
    int count = Math.min(content.readableBytes(), BODY_BYTES_MAX - length);
    if (length + count > body.length) {
      int room = Math.min(BODY_BYTES_MAX, Math.max(length + count, 2 * body.length));
      body = java.util.Arrays.copyOf(body, room);
    }
    content.readBytes(body, length, count);
    length += count;
  }

  private boolean holds(int from) {
    for (int at = from; at <= length - wanted.length; at++) {
      if (java.util.Arrays.equals(body, at, at + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }

  private String shown() {
    String text = check.body().orElse("");
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}

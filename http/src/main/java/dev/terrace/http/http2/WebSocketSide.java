package dev.terrace.http.http2;

import dev.terrace.http.exchange.MemberStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What a stream of HTTP/2 has of a WebSocket, if its request opens one (RFC 8441): the key that the
 * member is asked with, what the client has sent before the answer, and then the tunnel.
 */
final class WebSocketSide {

  private final Deque<ByteBuf> held = new ArrayDeque<>(0);
  private @Nullable WebSocketTunnel tunnel;
  private String key = "";

  /** Looks at a new request; returns the key, or nothing if it opens no WebSocket. */
  String begin(Http2Headers fields) {
    key = WebSocketHandshake.newKey(fields);
    return key;
  }

  /** Whether the request opens a WebSocket. */
  boolean isWanted() {
    return !key.isEmpty();
  }

  /** What the client is told if the member has opened the WebSocket. */
  FieldList opened(ByteBuf answer) {
    return WebSocketHandshake.opened(answer, key);
  }

  /** The WebSocket is open: what was held goes to the member. */
  void join(Http2ClientStream client, MemberStream member, Runnable ended) {
    WebSocketTunnel joined = WebSocketTunnel.join(client, member, ended);
    tunnel = joined;
    while (!held.isEmpty()) {
      joined.fromClient(held.remove(), false);
    }
  }

  /** Takes what the client sends. */
  void data(ByteBuf data, boolean last) {
    if (tunnel == null) {
      held.add(data);
    } else {
      tunnel.fromClient(data, last);
    }
  }

  /** The client will send no more. */
  void end() {
    data(Unpooled.EMPTY_BUFFER, true);
  }

  boolean memberTakesMore() {
    return tunnel != null && tunnel.memberTakesMore();
  }

  void clientTakesMore() {
    if (tunnel != null) {
      tunnel.clientTakesMore();
    }
  }

  /** It is over, or never was. */
  void close() {
    key = "";
    while (!held.isEmpty()) {
      held.remove().release();
    }
    if (tunnel != null) {
      tunnel.clientGone();
      tunnel = null;
    }
  }
}

package dev.terrace.net.health;

import dev.terrace.core.pool.Member;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a member is asked by gRPC's health protocol ({@code grpc.health.v1.Health/Check}).
 *
 * @param service the service that must be serving; empty for the member as a whole
 * @param host the {@code :authority}, if not the member's own address
 */
public record GrpcCheck(String service, Optional<String> host) {

  /** Field 1, of a length that stands before it. */
  private static final int SERVICE_TAG = (1 << 3) | 2;

  DefaultFullHttpRequest request(Member member) {
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.POST, "/grpc.health.v1.Health/Check", message());
    request
        .headers()
        .set(HttpHeaderNames.HOST, host.orElse(member.id()))
        .set(HttpHeaderNames.USER_AGENT, HttpCheck.USER_AGENT)
        .set(HttpHeaderNames.CONTENT_TYPE, "application/grpc")
        .set(HttpHeaderNames.TE, "trailers");
    return request;
  }

  /** A HealthCheckRequest behind gRPC's prefix: not compressed, and its length. */
  private ByteBuf message() {
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    ByteBuf request = Unpooled.buffer();
    if (name.length > 0) {
      request.writeByte(SERVICE_TAG);
      int rest = name.length;
      for (; rest > 0x7f; rest >>>= 7) {
        request.writeByte((rest & 0x7f) | 0x80);
      }
      request.writeByte(rest).writeBytes(name);
    }
    ByteBuf prefix = Unpooled.buffer(5).writeByte(0).writeInt(request.readableBytes());
    return Unpooled.wrappedBuffer(prefix, request);
  }
}

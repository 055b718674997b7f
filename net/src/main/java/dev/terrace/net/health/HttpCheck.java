package dev.terrace.net.health;

import dev.terrace.core.health.StatusRanges;
import dev.terrace.core.pool.Member;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a member is asked for, and what passes.
 *
 * @param path the target of the GET
 * @param host the Host header, if not the member's own address
 * @param statuses the statuses that pass
 * @param body a text that must be within the first {@link HttpAnswer#BODY_BYTES_MAX} bytes of the
 *     answer's body
 */
public record HttpCheck(
    String path, Optional<String> host, StatusRanges statuses, Optional<String> body) {

  static final String USER_AGENT = "terrace-health";

  /** A GET that 200 to 399 pass. */
  public static HttpCheck of(String path) {
    return new HttpCheck(path, Optional.empty(), StatusRanges.parse("200-399"), Optional.empty());
  }

  /** The GET of one check. */
  DefaultFullHttpRequest request(Member member) {
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target());
    request
        .headers()
        .set(HttpHeaderNames.HOST, host.orElse(member.id()))
        .set(HttpHeaderNames.USER_AGENT, USER_AGENT)
        .set(HttpHeaderNames.ACCEPT, "*/*");
    return request;
  }

  /** The path as a request line may hold it: what is no visible ASCII character is encoded. */
  private String target() {
    StringBuilder target = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b < 0x7f) {
        target.append((char) b);
      } else {
        target.append(String.format("%%%02X", b & 0xff));
      }
    }
    return target.toString();
  }
}

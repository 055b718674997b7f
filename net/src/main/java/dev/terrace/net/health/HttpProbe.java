package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Passes if the member answers a GET as the check asks for. Each check has a connection of its own:
 * that members accept connections is a part of what is checked.
 */
public record HttpProbe(ProbeConnector connector, HttpCheck check) implements Probe {

  static final int HEAD_BYTES_MAX = 32 << 10;

  /** In clear text. */
  public HttpProbe(ProbeLoop loop, HttpCheck check) {
    this(new ProbeConnector(loop), check);
  }

  @Override
  public ProbeResult probe(Member member, Duration timeout) throws InterruptedException {
    CompletableFuture<ProbeResult> result = new CompletableFuture<>();
    return connector.probe(
        member,
        timeout,
        result,
        channel -> {
          HttpDecoderConfig limits = new HttpDecoderConfig().setMaxHeaderSize(HEAD_BYTES_MAX);
          channel
              .pipeline()
              .addLast(new HttpClientCodec(limits, false, false), new HttpAnswer(check, result));
          DefaultFullHttpRequest request = check.request(member);
          request.headers().set(HttpHeaderNames.CONNECTION, "close");
          channel.writeAndFlush(request);
        });
  }
}

package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Address;
import dev.terrace.net.EventLoops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The one thread that serves the connections of all checks, away from the data plane's loops. The
 * virtual threads of the checks wait for it.
 */
public final class ProbeLoop implements AutoCloseable {

  private final EventLoops loop = EventLoops.single("terrace-health");

  /** Adds the handlers of one check. */
  @FunctionalInterface
  interface Setup {
    void accept(Channel channel);
  }

  /**
   * Connects and waits until the handlers have completed the result. Whatever they do or the member
   * does, it is over when the timeout is.
   */
  ProbeResult probe(
      Address member, Duration timeout, CompletableFuture<ProbeResult> result, Setup setup)
      throws InterruptedException {
    int millis = (int) Math.min(Integer.MAX_VALUE, Math.max(1, timeout.toMillis()));
    ChannelFuture connecting =
        loop.client(loop.all().getFirst(), Duration.ofMillis(millis))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    setup.accept(channel);
                  }
                })
            .connect(EventLoops.unresolved(member));
    connecting.addListener(done -> {
      if (!done.isSuccess()) {
        result.complete(new ProbeResult.Failed(reason(done.cause(), millis)));
      }
    });
    try {
      return result.get(millis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      String what = connecting.isSuccess() ? "no answer" : "no connection";
      return new ProbeResult.Failed(what + " within " + millis + " ms");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a check's result is completed with a value", e);
    } finally {
      connecting.channel().close();
    }
  }

  private static String reason(Throwable cause, int millis) {
    String message = String.valueOf(cause.getMessage());
    return switch (cause) {
      case ConnectTimeoutException _ -> "no connection within " + millis + " ms";
      case NoRouteToHostException _ -> "no route to host";
      case UnknownHostException _ -> "its name is not found";
      case ConnectException _ when message.contains("refused") -> "connection refused";
      default -> Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
    };
  }

  /** Ends the thread; checks that wait fail. */
  @Override
  public void close() {
    loop.close();
  }
}

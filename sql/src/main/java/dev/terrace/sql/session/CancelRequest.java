package dev.terrace.sql.session;

import dev.terrace.net.EventLoops;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.TlsRequest;
import dev.terrace.sql.wire.Requests;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;

/** Tells a server to cancel what a connection runs, over a connection of its own. */
final class CancelRequest extends ChannelInboundHandlerAdapter {

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** When it is asked again, if nothing has come of it. */
  static final long AGAIN_MILLIS = 250;

  private final long key;

  private CancelRequest(long key) {
    this.key = key;
  }

  /**
   * Sends the request. It may arrive when the connection runs something else: so the connection is
   * never given to anybody else after that.
   */
  static void send(EventLoops loops, ServerConnection connection) {
    connection.taint();
    EventLoop loop = connection.channel().eventLoop();
    loops
        .client(loop, PATIENCE)
        .handler(
            TlsRequest.before(
                new CancelRequest(connection.cancelKey()),
                connection.account().tls(),
                connection.address(),
                PATIENCE))
        .connect(EventLoops.unresolved(connection.address()));
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.writeAndFlush(Requests.cancel(context.alloc(), key));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}

package dev.terrace.http.http2;

import dev.terrace.http.exchange.Deadlines;
import dev.terrace.net.HalfClose;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import java.util.concurrent.TimeUnit;

/** The end of a client's connection that is in order (RFC 9113, section 6.8). */
final class Farewell {

  /** How long a client may take to close its side after the last answer. */
  static final long LINGER_MILLIS = 2000;

  /** Tells our PING from others. */
  private static final long PING = 0x7465727261636521L;

  private static final long PING_MILLIS = 1000;

  private final Http2ClientConnection connection;
  private final ChannelHandlerContext context;
  private boolean draining;
  private boolean said;
  private boolean closing;

  Farewell(Http2ClientConnection connection, ChannelHandlerContext context) {
    this.connection = connection;
    this.context = context;
  }

  /**
   * Says that the end is near, then, when the client must have heard it, which streams are served:
   * what it has sent meanwhile is served too.
   */
  void drain() {
    if (draining) {
      return;
    }
    draining = true;
    goAway(Integer.MAX_VALUE);
    connection.encoder().writePing(context, false, PING, context.newPromise());
    connection.flushNow();
    context.executor().schedule(this::say, PING_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The client has answered a PING. */
  void heard(long ping) {
    if (draining && ping == PING) {
      say();
    }
  }

  private void goAway(int lastStream) {
    connection.goAway(
        context,
        lastStream,
        Http2Error.NO_ERROR.code(),
        Unpooled.EMPTY_BUFFER,
        context.newPromise());
  }

  private void say() {
    if (!said && context.channel().isActive()) {
      said = true;
      goAway(connection.connection().remote().lastStreamCreated());
      connection.flushNow();
      closeIfSaid();
    }
  }

  /**
   * Closes once all is served, our side first: closing with unread input would reset the connection
   * and lose answers that are on their way.
   */
  void closeIfSaid() {
    if (!said || closing || !connection.isIdle()) {
      return;
    }
    closing = true;
    connection.expireIn(TimeUnit.MILLISECONDS.toNanos(LINGER_MILLIS));
    Channel channel = context.channel();
    context
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(sent -> {
          if (sent.isSuccess()) {
            HalfClose.end(channel);
          } else {
            channel.close();
          }
        });
  }

  /** The connection has been idle for too long, or the client has not closed it. */
  void expired() {
    if (closing) {
      context.channel().close();
    } else {
      connection.expireIn(Deadlines.NEVER / 2);
      say();
    }
  }
}

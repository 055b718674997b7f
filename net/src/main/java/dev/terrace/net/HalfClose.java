package dev.terrace.net;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** Ends our side of a connection while the other may still send. */
public final class HalfClose {

  private HalfClose() {}

  /**
   * Sends the end, under TLS after its close_notify, without which it could be anybody's (RFC 8446,
   * section 6.1). What was written must have been flushed.
   */
  public static void end(Channel channel) {
    if (!channel.isActive()) {
      return;
    }
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      ((DuplexChannel) channel).shutdownOutput();
    } else {
      tls.closeOutbound().addListener(sent -> ((DuplexChannel) channel).shutdownOutput());
    }
  }
}

package dev.terrace.http;

import dev.terrace.http.exchange.ClientPeer;
import dev.terrace.http.exchange.Deadlines;
import dev.terrace.http.exchange.FrontState;
import dev.terrace.http.http1.ClientConnection;
import dev.terrace.http.http2.Http2ClientConnection;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.ApplicationProtocolNames;

/** Sets up the connections of clients on one event loop for the HTTP that they speak. */
final class ClientChannels {

  private final FrontState front;
  private final int loopIndex;
  private final Deadlines deadlines;

  ClientChannels(FrontState front, int loopIndex, Deadlines deadlines) {
    this.front = front;
    this.loopIndex = loopIndex;
    this.deadlines = deadlines;
  }

  /** A connection in clear text: its first bytes tell what it is. */
  void acceptClear(Channel client, ClientPeer peer) {
    long headDeadline = deadlines.in(front.serving().headNanos());
    client
        .pipeline()
        .addLast(new PrefaceWait(this, client, peer.on(client), deadlines, headDeadline));
  }

  /** A connection whose TLS is up: ALPN has told what it is (RFC 7301). */
  void acceptSecure(Channel client, ClientPeer unbound, String protocol) {
    ClientPeer peer = unbound.on(client);
    client
        .pipeline()
        .addLast(
            protocol.equals(ApplicationProtocolNames.HTTP_2) ? http2(peer) : http1(client, peer));
  }

  /** What speaks HTTP/1.1 with the client. */
  ChannelHandler http1(Channel client, ClientPeer peer) {
    client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    return new ClientConnection(client, peer, front, loopIndex, deadlines);
  }

  /** What speaks HTTP/2 with the client. */
  ChannelHandler http2(ClientPeer peer) {
    return Http2ClientConnection.of(peer, front, loopIndex, deadlines);
  }
}

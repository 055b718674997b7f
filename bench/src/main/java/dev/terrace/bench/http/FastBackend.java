package dev.terrace.bench.http;

import dev.terrace.net.EventLoops;
import dev.terrace.net.TcpListener;
import dev.terrace.net.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/**
 * A server that costs next to nothing: it answers every request with the same bytes, 1 KB or, if
 * the path begins with /l, 100 KB.
 */
public final class FastBackend {

  private FastBackend() {}

  private static ByteBuf answer(int size) {
    byte[] head =
        ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + size + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    ByteBuf whole = Unpooled.directBuffer(head.length + size).writeBytes(head);
    for (int i = 0; i < size; i++) {
      whole.writeByte('x');
    }
    return Unpooled.unreleasableBuffer(whole);
  }

  private static final class Answering extends ChannelInboundHandlerAdapter {
    private static final ByteBuf SMALL = answer(1024);
    private static final ByteBuf LARGE = answer(100 * 1024);

    private boolean large;
    private int matched;
    private int position;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf in = (ByteBuf) message;
      for (int i = in.readerIndex(); i < in.writerIndex(); i++) {
        byte b = in.getByte(i);
        if (position++ == "GET /".length()) {
          large = b == 'l';
        }
        boolean expected = b == (matched % 2 == 0 ? '\r' : '\n');
        matched = expected ? matched + 1 : b == '\r' ? 1 : 0;
        if (matched == 4) {
          matched = 0;
          position = 0;
          ctx.write((large ? LARGE : SMALL).duplicate(), ctx.voidPromise());
        }
      }
      in.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }
  }

  /**
   * Serves until killed.
   *
   * @param arguments the port
   */
  public static void main(String[] arguments) throws InterruptedException {
    EventLoops loops = EventLoops.start(Transport.EPOLL, 1);
    new ServerBootstrap()
        .group(loops.all().getFirst())
        .channel(EpollServerSocketChannel.class)
        .option(ChannelOption.RECVBUF_ALLOCATOR, TcpListener.acceptor())
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Answering());
              }
            })
        .bind(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])))
        .sync();
    new CountDownLatch(1).await();
  }
}

package dev.terrace.net.takeover;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One end of the talk between two processes, for a thread that may block. */
final class Conversation extends ChannelInboundHandlerAdapter implements AutoCloseable {

  private static final int LONGEST_LINE = 200;
  private static final String GONE = "";

  private final EpollDomainSocketChannel channel;
  private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
  private final StringBuilder line = new StringBuilder();

  Conversation(EpollDomainSocketChannel channel) {
    this.channel = channel;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      readLines(ctx, bytes.toString(StandardCharsets.US_ASCII));
      bytes.release();
    } else {
      heard.add(message);
    }
  }

  private void readLines(ChannelHandlerContext ctx, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\n') {
        heard.add(line.toString());
        line.setLength(0);
      } else if (line.append(text.charAt(i)).length() > LONGEST_LINE) {
        ctx.close();
        return;
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    heard.add(GONE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  void say(String words) throws IOException {
    send(channel.alloc().buffer().writeBytes((words + "\n").getBytes(StandardCharsets.US_ASCII)));
  }

  void send(FileDescriptor socket) throws IOException {
    send((Object) socket);
  }

  private void send(Object message) throws IOException {
    if (!channel.writeAndFlush(message).awaitUninterruptibly().isSuccess()) {
      throw gone();
    }
  }

  /** What comes next is sockets, or lines; changed only when the other side waits for a word. */
  void expectSockets(boolean sockets) {
    channel
        .config()
        .setReadMode(sockets ? DomainSocketReadMode.FILE_DESCRIPTORS : DomainSocketReadMode.BYTES);
  }

  String hear(Duration longest) throws IOException, InterruptedException {
    Object next = heard.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
    if (next instanceof String words && !words.equals(GONE)) {
      return words;
    }
    throw next == null ? new IOException("no answer within " + longest.toSeconds() + " s") : gone();
  }

  FileDescriptor receive(Duration longest) throws IOException, InterruptedException {
    if (heard.poll(longest.toMillis(), TimeUnit.MILLISECONDS) instanceof FileDescriptor socket) {
      return socket;
    }
    throw new IOException("the other process did not hand over its sockets");
  }

  private static IOException gone() {
    return new IOException("the other process has gone away");
  }

  Channel channel() {
    return channel;
  }

  @Override
  public void close() {
    channel.close();
    for (Object left = heard.poll(); left != null; left = heard.poll()) {
      if (left instanceof FileDescriptor socket) {
        try {
          socket.close();
        } catch (IOException e) {
          // Closed is what it should be.
        }
      }
    }
  }
}

package dev.terrace.net.takeover;

import dev.terrace.net.EventLoops;
import dev.terrace.net.ListeningSockets.Listening;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The new process's side of a take-over: {@link #from} fetches the listening sockets of the old
 * one, so that both accept; {@link #complete} tells it to leave.
 */
public final class TakeOver implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final EventLoops loops;
  private final Conversation old;

  private TakeOver(EventLoops loops, Conversation old) {
    this.loops = loops;
    this.old = old;
  }

  /**
   * Fetches the sockets: listeners that are opened on these loops from now on go on with them.
   *
   * @param path where the old process offers them
   * @throws IOException if there is none, or it does not hand over
   */
  public static TakeOver from(EventLoops loops, Path path)
      throws IOException, InterruptedException {
    if (!loops.transport().handsOverSockets()) {
      throw new IOException(
          "taking over needs the transport epoll, and this is " + loops.transport());
    }
    Conversation old = connect(loops, path);
    try {
      fetch(loops, old);
      return new TakeOver(loops, old);
    } catch (IOException | InterruptedException | RuntimeException e) {
      old.close();
      loops.sockets().closeInherited();
      throw e;
    }
  }

  static Conversation connect(EventLoops loops, Path path) throws IOException {
    ChannelFuture connected =
        new Bootstrap()
            .group(loops.all().getFirst())
            .channel(EpollDomainSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new Conversation((EpollDomainSocketChannel) channel));
                  }
                })
            .connect(new DomainSocketAddress(path.toString()))
            .awaitUninterruptibly();
    if (!connected.isSuccess()) {
      throw new IOException(
          "no running Terrace offers the ports of this file (looked at "
              + path
              + "): "
              + connected.cause().getMessage(),
          connected.cause());
    }
    return connected.channel().pipeline().get(Conversation.class);
  }

  private static void fetch(EventLoops loops, Conversation old)
      throws IOException, InterruptedException {
    old.say(Words.TAKE_OVER);
    List<String> lines = new ArrayList<>();
    for (String line = old.hear(PATIENCE); !line.equals(Words.END); line = old.hear(PATIENCE)) {
      if (line.equals(Words.BUSY)) {
        throw new IOException("another process is just taking over");
      }
      lines.add(line);
    }
    old.expectSockets(true);
    old.say(Words.SEND);
    for (String line : lines) {
      Listening socket = Words.listening(line, old.receive(PATIENCE));
      loops.sockets().inherit(socket);
    }
    old.expectSockets(false);
  }

  /** Tells the old process that this one serves; returns when it no longer listens anywhere. */
  public void complete() throws IOException, InterruptedException {
    loops.sockets().closeInherited();
    old.say(Words.SERVING);
    String answer = old.hear(PATIENCE);
    if (!answer.equals(Words.LEAVING)) {
      throw new IOException("the old process says '" + answer + "'");
    }
  }

  /** Ends the talk. Before {@link #complete} the old process then goes on as if nothing was. */
  @Override
  public void close() {
    old.close();
    loops.sockets().closeInherited();
  }
}

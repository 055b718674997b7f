package dev.terrace.net.takeover;

import dev.terrace.net.EventLoops;
import dev.terrace.net.ListeningSockets.Listening;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The old process's side of a take-over: it listens on a Unix socket, and gives its listening
 * sockets (SCM_RIGHTS) to a process of the same user that asks. It goes on serving until that one
 * says that it serves too; should that one fail, nothing has happened.
 */
public final class TakeOverOffer implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(TakeOverOffer.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A new process may read files, resolve names and check members before it serves. */
  private static final Duration START_PATIENCE = Duration.ofMinutes(2);

  /** What a process does when another serves in its place. */
  @FunctionalInterface
  public interface Leave {
    /** Stops listening everywhere, and returns; finishing the work in hand may take longer. */
    void stopListening();
  }

  private final EventLoops loops;
  private final Leave leave;
  private final Channel server;
  private final AtomicBoolean talking = new AtomicBoolean();

  private TakeOverOffer(EventLoops loops, Path path, Leave leave) throws IOException {
    this.loops = loops;
    this.leave = leave;
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops.all().getFirst())
            .channel(EpollServerDomainSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept((EpollDomainSocketChannel) channel);
                  }
                })
            .bind(new DomainSocketAddress(path.toString()))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(path + ": " + bound.cause().getMessage(), bound.cause());
    }
    server = bound.channel();
  }

  /**
   * Offers the sockets of these loops at a path. A path that a process has left behind is reused.
   *
   * @throws IOException if the path cannot be had
   */
  public static TakeOverOffer open(EventLoops loops, Path path, Leave leave) throws IOException {
    if (!loops.transport().handsOverSockets()) {
      throw new IOException("the transport " + loops.transport() + " cannot");
    }
    if (Files.exists(path) && !answers(loops, path)) {
      Files.deleteIfExists(path);
    }
    return new TakeOverOffer(loops, path, leave);
  }

  private static boolean answers(EventLoops loops, Path path) {
    try {
      TakeOver.connect(loops, path).close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void accept(EpollDomainSocketChannel channel) {
    Conversation talk = new Conversation(channel);
    channel.pipeline().addLast(talk);
    Thread.ofVirtual().name("take-over").start(() -> talk(talk));
  }

  private void talk(Conversation next) {
    try (next) {
      requireOwnUser(next);
      if (!next.hear(PATIENCE).equals(Words.TAKE_OVER)) {
        return;
      }
      if (!talking.compareAndSet(false, true)) {
        next.say(Words.BUSY);
        return;
      }
      try {
        handOver(next);
      } finally {
        talking.set(false);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a take-over was not completed: {0}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The folder keeps others out already; the kernel tells who it is all the same. */
  private static void requireOwnUser(Conversation next) throws IOException {
    int peer = ((EpollDomainSocketChannel) next.channel()).peerCredentials().uid();
    Object own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!own.equals(peer)) {
      throw new IOException("user " + peer + " asked for the sockets of user " + own);
    }
  }

  private void handOver(Conversation next) throws IOException, InterruptedException {
    Collection<Listening> sockets = loops.sockets().open();
    for (Listening socket : sockets) {
      next.say(Words.line(socket));
    }
    next.say(Words.END);
    if (!next.hear(PATIENCE).equals(Words.SEND)) {
      return;
    }
    for (Listening socket : sockets) {
      next.send(socket.socket());
    }
    LOG.log(System.Logger.Level.INFO, "another process takes over; serving until it does");
    if (!next.hear(START_PATIENCE).equals(Words.SERVING)) {
      return;
    }
    close(); // the path is the other's from here on
    leave.stopListening();
    next.say(Words.LEAVING);
  }

  /** No longer offers anything. */
  @Override
  public void close() {
    server.close().awaitUninterruptibly();
  }
}

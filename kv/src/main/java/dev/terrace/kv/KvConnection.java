package dev.terrace.kv;

import dev.terrace.core.pool.Address;
import dev.terrace.kv.command.Client;
import dev.terrace.kv.command.Service;
import dev.terrace.kv.command.Session;
import dev.terrace.kv.pass.PassTier;
import dev.terrace.kv.pass.Passage;
import dev.terrace.kv.resp.ProtocolError;
import dev.terrace.kv.resp.ReplyWriter;
import dev.terrace.kv.resp.RequestParser;
import dev.terrace.net.Drain;
import dev.terrace.net.LingeringClose;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: takes commands off the stream, has them executed and sends the replies
 * in the commands' order. Everything here happens on the connection's event loop.
 *
 * <p>It stops taking commands, and then reading, while the client does not read its replies or too
 * many of its commands wait for the store.
 */
final class KvConnection extends ChannelInboundHandlerAdapter implements Session {

  private static final System.Logger LOG = System.getLogger(KvConnection.class.getName());

  /** What clients may send before they have logged in, as Redis has it. */
  private static final RequestParser.Limits STRANGER = new RequestParser.Limits(10, 16 * 1024);

  /** Bytes that may wait for a client that things are pushed to. */
  private static final long PUSHED_BYTES_MAX = 8L * 1024 * 1024;

  /** Bytes that may lie unparsed before the socket is read no more. */
  private static final int AHEAD_BYTES_MAX = 64 * 1024;

  private final Service service;
  private final PassTier passing;
  private final RequestParser parser = new RequestParser();
  private @Nullable Client client;
  private @Nullable Replies replies;
  private @Nullable Executor executor;
  private @Nullable Passage passage;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuf unparsed;
  private boolean processing;
  private boolean closing;
  private boolean broken;
  private boolean draining;

  /** The client has said that it sends no more; its replies are sent all the same. */
  private boolean inputEnded;

  KvConnection(Service service, PassTier passing) {
    this.service = service;
    this.passing = passing;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
    client =
        new Client(
            service.nextId(),
            text(context.channel().remoteAddress()),
            text(context.channel().localAddress()),
            service.nowMillis(),
            service.served().users());
    replies = new Replies(context, passing::unsentMax, () -> process(context));
    passage = new Passage(this, passing, context.channel().eventLoop(), replies);
    executor = new Executor(this, replies, () -> process(context));
    service.enter(client, this);
  }

  private static String text(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? new Address(inet.getAddress().getHostAddress(), inet.getPort()).toString()
        : String.valueOf(address);
  }

  @Override
  public Client client() {
    return present(client);
  }

  @Override
  public Service service() {
    return service;
  }

  @Override
  public long number() {
    return client().id();
  }

  @Override
  public void end() {
    ChannelHandlerContext on = present(context);
    on.executor()
        .execute(() -> {
          closing = true;
          // What it waits for may never come, and what it does not read never go.
          if (present(passage).blocks() || !on.channel().isWritable()) {
            on.close();
          } else {
            process(on);
          }
        });
  }

  @Override
  public void push(Consumer<ReplyWriter> message) {
    ChannelHandlerContext on = present(context);
    on.executor()
        .execute(() -> {
          Replies sending = present(replies);
          if (closing || !on.channel().isActive()) {
            return;
          }
          sending.write(new ReplyWriter(sending.buffer(), client().version3()), message);
          sending.flush();
          if (on.channel().bytesBeforeWritable() > PUSHED_BYTES_MAX) {
            LOG.log(
                System.Logger.Level.INFO,
                "client {0} is closed: it does not read what is pushed to it",
                client().id());
            on.close();
          }
        });
  }

  @Override
  public void beginTransaction() {
    present(executor).beginTransaction();
  }

  @Override
  public boolean watches() {
    return present(executor).watches();
  }

  @Override
  public void unwatch() {
    present(executor).unwatch();
  }

  @Override
  public void pause(Duration time) {
    Executor running = present(executor);
    ChannelHandlerContext on = present(context);
    running.busy(true);
    on.executor()
        .schedule(
            () -> {
              running.busy(false);
              process(on);
            },
            time.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void closeAfterReplies() {
    closing = true;
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the connection is not set up");
    }
    return value;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (closing) {
      bytes.release();
      return;
    }
    unparsed =
        unparsed == null
            ? bytes
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), unparsed, bytes);
    process(context);
  }

  /** Takes as many commands as may be taken now. */
  private void process(ChannelHandlerContext context) {
    if (processing) {
      return;
    }
    processing = true;
    Executor running = present(executor);
    Replies sending = present(replies);
    Passage way = present(passage);
    boolean starved = false;
    try {
      while (!closing && !running.mustWait() && !way.mustWait() && sending.takesMore()) {
        byte[][] command = running.heldBack();
        if (command == null) {
          command = way.next(unparsed, limits(), parser);
        }
        if (command == null) {
          starved = !way.mustWait();
          break;
        }
        if (command.length > 0) {
          running.execute(command);
        }
      }
    } catch (ProtocolError e) {
      service.protocolErrors().increment();
      sending.write(
          new ReplyWriter(sending.buffer(), false),
          out -> out.error("ERR Protocol error: " + e.reason()));
      closing = true;
      broken = true;
    } finally {
      processing = false;
    }
    keepUnparsed();
    sending.flush();
    if (closing
        || (inputEnded && starved)
        || (draining && !running.mustWait() && !way.mustWait() && sending.isEmpty())) {
      endIfDone(context, sending);
    } else if (!inputEnded) {
      boolean blocked = running.mustWait() || way.mustWait() || !sending.takesMore();
      boolean full = unparsed != null && unparsed.readableBytes() > AHEAD_BYTES_MAX;
      context.channel().config().setAutoRead(!(blocked && full));
    }
  }

  private RequestParser.Limits limits() {
    return client().authenticated() ? service.served().limits() : STRANGER;
  }

  private void keepUnparsed() {
    ByteBuf rest = unparsed;
    if (rest != null && (closing || !rest.isReadable())) {
      rest.release();
      unparsed = null;
    } else if (rest != null && rest.refCnt() == 1) {
      rest.discardSomeReadBytes();
    }
  }

  private void endIfDone(ChannelHandlerContext context, Replies sending) {
    closing = true;
    keepUnparsed();
    if (!sending.isEmpty()) {
      return;
    }
    if (broken) {
      LingeringClose.after(context.writeAndFlush(context.alloc().buffer(0)));
    } else {
      context.writeAndFlush(context.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      present(passage).writable();
      process(context);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == Drain.EVENT) {
      draining = true;
      process(context);
    } else if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      process(context);
      if (present(passage).blocks()) {
        context.close();
      }
    } else if (event instanceof IdleStateEvent
        && present(replies).isEmpty()
        && !present(passage).listens()) {
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closing = true;
    keepUnparsed();
    present(replies).abandon();
    present(passage).close();
    service.leave(client(), this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.log(System.Logger.Level.ERROR, "a key-value connection broke", cause);
    }
    context.close();
  }
}

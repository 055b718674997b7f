package dev.terrace.dns;

import dev.terrace.core.balance.Hashing;
import dev.terrace.net.Drain;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.util.ReferenceCountUtil;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers the queries of one TCP connection: each message after its length (RFC 1035, section
 * 4.2.2), any number of them without waiting for replies (RFC 7766, section 6.2.1.1).
 *
 * <p>Queries are answered as they are read, so what waits are replies, not queries. When the client
 * does not take those, the channel becomes unwritable, and until it has drained no query is read or
 * answered: at most one read's bytes and one unfinished message are held.
 *
 * <p>The idle timeout runs from one whole query to the next: sending byte by byte, or never taking
 * the replies, does not keep a connection.
 */
final class TcpHandler extends ChannelInboundHandlerAdapter implements ClientKey {

  private static final System.Logger LOG = System.getLogger(TcpHandler.class.getName());
  private static final int PREFIX = 2;

  /** Many times what a question with its OPT record can need; more is never gathered. */
  private static final int QUERY_MAX = 4096;

  private final Supplier<@Nullable Served> served;
  private final DnsCounters counters;
  private final Responder responder = new Responder();
  private ByteBuf pending = Unpooled.EMPTY_BUFFER;
  private boolean pendingIsOurs;
  private long lastQueryNanos = System.nanoTime();
  private boolean ending;
  private boolean ended;
  private @Nullable ChannelHandlerContext context;

  TcpHandler(Supplier<@Nullable Served> served, DnsCounters counters) {
    this.served = served;
    this.counters = counters;
  }

  @Override
  public long hash() {
    return context != null && context.channel().remoteAddress() instanceof InetSocketAddress address
        ? Hashing.hash(address.getAddress().getAddress())
        : 0;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    lastQueryNanos = System.nanoTime();
    checkIdleIn(added, idleNanos());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    ended = true;
    pending.release();
    pending = Unpooled.EMPTY_BUFFER;
  }

  private long idleNanos() {
    Served now = served.get();
    return now == null ? TimeUnit.SECONDS.toNanos(10) : now.tcpIdleTimeout().toNanos();
  }

  private void checkIdleIn(ChannelHandlerContext to, long nanos) {
    to.executor().schedule(() -> checkIdle(to), nanos, TimeUnit.NANOSECONDS);
  }

  private void checkIdle(ChannelHandlerContext to) {
    if (ended) {
      return;
    }
    long left = idleNanos() - (System.nanoTime() - lastQueryNanos);
    if (left > 0) {
      checkIdleIn(to, left);
      return;
    }
    if (pending.isReadable()) {
      counters.protocolError();
    }
    to.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    if (!(message instanceof ByteBuf bytes) || ended) {
      ReferenceCountUtil.release(message);
      return;
    }
    take(from, bytes);
    answerAll(from);
    if (pending.isReadable() && !hasMessage() && !pendingIsOurs) {
      // The rest of a large read buffer is not kept waiting for a few bytes.
      moveInto(from.alloc().buffer(Math.max(ReplyWriter.PLAIN_MAX, pending.readableBytes())));
    }
  }

  private void take(ChannelHandlerContext from, ByteBuf bytes) {
    if (!pending.isReadable()) {
      pending.release();
      pending = bytes;
      pendingIsOurs = false;
      return;
    }
    try {
      int more = bytes.readableBytes();
      if (!pendingIsOurs || pending.writableBytes() < more) {
        // Twice what is needed, so that a message that comes in crumbs is not copied at each.
        moveInto(from.alloc().buffer(2 * (pending.readableBytes() + more)));
      }
      pending.writeBytes(bytes);
    } finally {
      bytes.release();
    }
  }

  private void moveInto(ByteBuf room) {
    room.writeBytes(pending);
    pending.release();
    pending = room;
    pendingIsOurs = true;
  }

  private void answerAll(ChannelHandlerContext from) {
    while (!ended && from.channel().isWritable() && hasMessage()) {
      int length = pending.readUnsignedShort();
      ByteBuf message = pending.readSlice(length);
      lastQueryNanos = System.nanoTime();
      if (!answer(from, message)) {
        counters.protocolError();
        end(from);
        return;
      }
    }
    boolean tooLong = !ended && announced() > QUERY_MAX;
    if (tooLong) {
      counters.protocolError();
    }
    if (tooLong || (!ended && ending && !hasMessage())) {
      end(from);
    }
  }

  /** The length of the next message; 0 as long as it is not known. */
  private int announced() {
    return pending.readableBytes() < PREFIX ? 0 : pending.getUnsignedShort(pending.readerIndex());
  }

  private boolean hasMessage() {
    int readable = pending.readableBytes();
    int length = announced();
    return readable >= PREFIX && length <= QUERY_MAX && readable - PREFIX >= length;
  }

  /** False if it is no DNS message at all: then nothing that follows can be trusted either. */
  private boolean answer(ChannelHandlerContext from, ByteBuf message) {
    Served now = served.get();
    if (message.readableBytes() < Query.HEADER || now == null) {
      return false;
    }
    ByteBuf out = from.alloc().ioBuffer(ReplyWriter.PLAIN_MAX, PREFIX + ReplyWriter.TCP_MAX);
    boolean sent = false;
    try {
      out.writeShort(0);
      Rcode rcode = responder.respond(now.zones(), message, out, false, this);
      counters.count(rcode);
      if (rcode != null) {
        out.setShort(out.readerIndex(), out.readableBytes() - PREFIX);
        sent = true;
        from.write(out, from.voidPromise());
      }
      return true;
    } finally {
      if (!sent) {
        out.release();
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext from) {
    from.flush();
    readWhileWritable(from);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    if (changed.channel().isWritable()) {
      answerAll(changed);
      changed.flush();
    }
    readWhileWritable(changed);
    changed.fireChannelWritabilityChanged();
  }

  private void readWhileWritable(ChannelHandlerContext on) {
    // Once the input has ended, Netty answers a wish to read on by closing, replies or not.
    if (!ending && !ended) {
      on.channel().config().setAutoRead(on.channel().isWritable());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext on, Object event) {
    // Nothing more will come (half-closed), or nothing more is wanted: answer what is here.
    if (event == Drain.EVENT || event == ChannelInputShutdownReadComplete.INSTANCE) {
      ending = true;
      answerAll(on);
    }
  }

  /** Closes once all replies are sent. */
  private void end(ChannelHandlerContext on) {
    ended = true;
    on.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext on, Throwable cause) {
    LOG.log(Level.DEBUG, () -> "DNS over TCP: " + cause);
    on.close();
  }
}

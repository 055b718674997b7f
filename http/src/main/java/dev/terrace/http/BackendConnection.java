package dev.terrace.http;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.http.wire.BodyFraming;
import dev.terrace.http.wire.Fault;
import dev.terrace.http.wire.ResponseHead;
import dev.terrace.net.ConnectionPool;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a member: reads answers and hands them on piece by piece as they arrive. Between
 * two exchanges it is idle in its pool, and closes if the member says anything.
 */
final class BackendConnection extends ChannelInboundHandlerAdapter {

  private final int maxHead;
  private final ResponseHead head;
  private final BodyFraming body = new BodyFraming();
  private boolean headRead;
  private @Nullable Channel channel;
  private @Nullable Exchange exchange;
  private @Nullable ConnectionPool pool;
  private @Nullable ClientConnection toFlush;

  BackendConnection(int maxHead) {
    this.maxHead = maxHead;
    head = new ResponseHead(maxHead);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
  }

  Channel channel() {
    if (channel == null) {
      throw new IllegalStateException("not in a pipeline yet");
    }
    return channel;
  }

  /** Serves this exchange from now on. */
  BackendConnection attach(Exchange served, ConnectionPool owner) {
    exchange = served;
    pool = owner;
    headRead = false;
    head.reset();
    return this;
  }

  /** Drops the exchange and closes: the connection is in the middle of something. */
  void abandon() {
    exchange = null;
    channel().close();
  }

  void setReading(boolean on) {
    if (channel().config().isAutoRead() != on) {
      channel().config().setAutoRead(on);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      if (exchange == null) {
        ctx.close();
        return;
      }
      toFlush = exchange.client();
      exchange.progressed();
      while (exchange != null && in.isReadable()) {
        if (headRead) {
          readBody(exchange, in);
        } else {
          readHead(exchange, in);
        }
      }
    } finally {
      in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (toFlush != null) {
      toFlush.flush();
      toFlush = null;
    }
  }

  private void readHead(Exchange served, ByteBuf in) {
    switch (head.feed(in)) {
      case INCOMPLETE -> {}
      case BAD -> fail(served, AttemptFailure.BROKEN_ANSWER);
      case COMPLETE -> {
        if (head.isInterim()) {
          served.interimAnswer(head);
          head.reset();
        } else if (head.status() == 101) {
          upgrade(served, in);
        } else {
          headRead = true;
          head.frame(body, served.isHead(), maxHead);
          served.answerStarts(head, body);
          if (body.done()) {
            complete(served, in);
          }
        }
      }
    }
  }

  private void readBody(Exchange served, ByteBuf in) {
    int from = in.readerIndex();
    boolean whole = served.takesChunks();
    int end =
        whole ? body.advance(in, from, in.writerIndex()) : body.segment(in, from, in.writerIndex());
    if (body.fault() != Fault.NONE) {
      fail(served, AttemptFailure.BROKEN_ANSWER);
      return;
    }
    if (whole || body.lastWasData()) {
      served.answerBody(in.readRetainedSlice(end - from));
    } else {
      in.skipBytes(end - from);
    }
    if (body.done()) {
      complete(served, in);
    }
  }

  private void complete(Exchange served, ByteBuf in) {
    exchange = null;
    boolean clean =
        head.keepsAlive()
            && !in.isReadable()
            && served.requestComplete()
            && !body.endsWithConnection();
    if (clean && pool != null) {
      setReading(true);
      pool.release(channel());
    } else {
      channel().close();
    }
    served.answerCompleted();
  }

  /** HTTP ends here: the bytes that follow go through as they are. */
  private void upgrade(Exchange served, ByteBuf in) {
    if (!served.offersUpgrade()) {
      fail(served, AttemptFailure.BROKEN_ANSWER);
      return;
    }
    exchange = null;
    toFlush = null;
    served.upgraded(head, this, in.readRetainedSlice(in.readableBytes()));
  }

  private void fail(Exchange served, AttemptFailure failure) {
    exchange = null;
    channel().close();
    served.attemptFailed(failure);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Exchange served = exchange;
    exchange = null;
    if (served == null) {
      return;
    }
    if (headRead && body.endsWithConnection()) {
      served.answerCompleted();
    } else {
      served.attemptFailed(AttemptFailure.CLOSED);
    }
    served.client().flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.progressed();
      exchange.client().updateReading();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset, or a write to a closed socket: what follows is decided when the channel is closed.
    ctx.close();
  }
}

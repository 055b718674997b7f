package dev.terrace.http.http1;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.http.exchange.AnswerReceiver;
import dev.terrace.http.exchange.MemberStream;
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
 * A connection to a member: writes a request and reads its answer, handing it on piece by piece as
 * it arrives. Between two exchanges it is idle in its pool, and closes if the member says anything.
 */
final class MemberConnection extends ChannelInboundHandlerAdapter implements MemberStream {

  private final int maxHead;
  private final ResponseHead head;
  private final BodyFraming body = new BodyFraming();
  private boolean headRead;
  private boolean requested;
  private @Nullable Channel channel;
  private @Nullable MessageWriter writer;
  private @Nullable AnswerReceiver receiver;
  private @Nullable ConnectionPool pool;
  private @Nullable AnswerReceiver reading;

  MemberConnection(int maxHead) {
    this.maxHead = maxHead;
    head = new ResponseHead(maxHead);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    writer = new MessageWriter(ctx.channel());
  }

  @Override
  public Channel channel() {
    if (channel == null) {
      throw new IllegalStateException("not in a pipeline yet");
    }
    return channel;
  }

  private MessageWriter writer() {
    if (writer == null) {
      throw new IllegalStateException("not in a pipeline yet");
    }
    return writer;
  }

  /** Serves this receiver from now on, and goes back to that pool afterwards. */
  void attach(AnswerReceiver served, ConnectionPool owner) {
    receiver = served;
    pool = owner;
    headRead = false;
    requested = false;
    head.reset();
  }

  @Override
  public void requestHead(ByteBuf out, boolean chunks, boolean ends) {
    requested = true;
    writer().head(out, chunks);
  }

  @Override
  public void requestBody(ByteBuf piece) {
    writer().body(piece);
  }

  @Override
  public void requestEnd(@Nullable ByteBuf trailers) {
    writer().end(trailers);
  }

  @Override
  public void flush() {
    channel().flush();
  }

  @Override
  public boolean isWritable() {
    return channel().isWritable();
  }

  @Override
  public void abandon() {
    receiver = null;
    if (!requested && pool != null) {
      pool.release(channel());
    } else {
      // It is in the middle of something.
      channel().close();
    }
  }

  @Override
  public void setReading(boolean on) {
    if (channel().config().isAutoRead() != on) {
      channel().config().setAutoRead(on);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      if (receiver == null) {
        ctx.close();
        return;
      }
      reading = receiver;
      receiver.progressed();
      while (receiver != null && in.isReadable()) {
        if (headRead) {
          readBody(receiver, in);
        } else {
          readHead(receiver, in);
        }
      }
    } finally {
      in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (reading != null) {
      reading.readComplete();
      reading = null;
    }
  }

  private void readHead(AnswerReceiver served, ByteBuf in) {
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
          served.answerStarts(head, body.endsWithConnection(), body.done());
          if (body.done()) {
            complete(served, in);
          }
        }
      }
    }
  }

  private void readBody(AnswerReceiver served, ByteBuf in) {
    ByteBuf piece = body.take(in, served.takesChunks());
    if (body.fault() != Fault.NONE) {
      fail(served, AttemptFailure.BROKEN_ANSWER);
      return;
    }
    if (piece.isReadable()) {
      served.answerBody(piece);
    }
    if (body.done()) {
      complete(served, in);
    }
  }

  private void complete(AnswerReceiver served, ByteBuf in) {
    receiver = null;
    ByteBuf trailers = body.trailers(head);
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
    served.answerCompleted(trailers);
  }

  /** HTTP ends here: the bytes that follow go through as they are. */
  private void upgrade(AnswerReceiver served, ByteBuf in) {
    if (!served.offersUpgrade()) {
      fail(served, AttemptFailure.BROKEN_ANSWER);
      return;
    }
    receiver = null;
    reading = null;
    served.upgraded(head, this, in.readRetainedSlice(in.readableBytes()));
  }

  private void fail(AnswerReceiver served, AttemptFailure failure) {
    receiver = null;
    channel().close();
    served.failed(failure);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    AnswerReceiver served = receiver;
    receiver = null;
    if (served == null) {
      return;
    }
    if (headRead && body.endsWithConnection()) {
      served.answerCompleted(null);
    } else {
      served.failed(AttemptFailure.CLOSED);
    }
    served.readComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (receiver != null) {
      receiver.writabilityChanged();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset, or a write to a closed socket: what follows is decided when the channel is closed.
    ctx.close();
  }
}

package dev.terrace.http.http3;

import static io.netty.handler.codec.http3.Http3ErrorCode.H3_REQUEST_CANCELLED;

import dev.terrace.http.exchange.ClientPeer;
import dev.terrace.http.exchange.Deadlines;
import dev.terrace.http.exchange.Exchange;
import dev.terrace.http.exchange.FrontState;
import dev.terrace.http.exchange.MemberStream;
import dev.terrace.http.exchange.MultiplexedStream;
import dev.terrace.http.head.HeadRewriter;
import dev.terrace.http.head.LocalAnswer;
import dev.terrace.http.http2.Http2Heads;
import dev.terrace.http.wire.Fault;
import dev.terrace.http.wire.Head;
import dev.terrace.http.wire.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3HeadersValidationException;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** One request of a client of HTTP/3, and its answer (RFC 9114, section 4.1). */
final class Http3ClientStream extends ChannelInboundHandlerAdapter
    implements MultiplexedStream, Deadlines.Timed {

  private enum Phase {
    /** Waits for the request's head. */
    HEAD,
    /** The head is there, but not yet whether a body follows. */
    READY,
    /** The request is being served. */
    EXCHANGE,
    /** The answer is written, or the stream is given up. */
    OVER
  }

  private final Http3Connection connection;
  private final QuicStreamChannel channel;
  private final FrontState front;
  private final Exchange exchange;
  private final RequestHead head;
  private final AnswerWriter writer;
  private @Nullable Http3Headers fields;
  private @Nullable ByteBuf trailers;
  private @Nullable MemberStream memberToFlush;
  private Phase phase = Phase.HEAD;
  private boolean inputEnded;
  private boolean inRead;
  private long lengthLeft = -1;
  private long deadline;

  Http3ClientStream(Http3Connection connection, QuicStreamChannel channel, FrontState front) {
    this.connection = connection;
    this.channel = channel;
    this.front = front;
    head = new RequestHead(front.serving().maxHead());
    exchange = new Exchange(this, front);
    writer = new AnswerWriter(channel, () -> giveUp(H3_REQUEST_CANCELLED));
    deadline = connection.deadlines().in(front.serving().headNanos());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    connection.deadlines().watch(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    connection.deadlines().forget(this);
    dropTrailers();
  }

  @Override
  public ClientPeer peer() {
    return connection.peer();
  }

  @Override
  public int loopIndex() {
    return connection.loopIndex();
  }

  @Override
  public String protocol() {
    return "HTTP/3";
  }

  @Override
  public RequestHead head() {
    return head;
  }

  @Override
  public ByteBufAllocator alloc() {
    return channel.alloc();
  }

  @Override
  public void interimHead(ByteBuf interim) {
    writer.head(interim);
  }

  @Override
  public void answerHead(ByteBuf answer, boolean addsChunks, boolean ends) {
    writer.head(answer);
  }

  @Override
  public void answerBody(ByteBuf piece) {
    writer.body(piece);
  }

  @Override
  public void answerEnd(@Nullable ByteBuf ending) {
    writer.end(ending);
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void flushSoon(MemberStream member) {
    if (inRead) {
      memberToFlush = member;
    } else {
      member.flush();
    }
  }

  @Override
  public void expireIn(long nanos) {
    deadline = connection.deadlines().in(nanos);
  }

  @Override
  public void updateReading() {
    boolean wanted = phase != Phase.EXCHANGE || exchange.takesMore();
    if (channel.config().isAutoRead() != wanted) {
      channel.config().setAutoRead(wanted);
    }
  }

  @Override
  public void exchangeOver(boolean staysOpen) {
    phase = Phase.OVER;
    flush();
    if (!inputEnded) {
      // RFC 9114, section 4.1.1: the answer is whole, the rest of the request is of no use.
      channel.shutdownInput(Http3ErrorCode.H3_NO_ERROR.code());
    }
  }

  @Override
  public void abort(boolean endsWithConnection) {
    reset(Http3ErrorCode.H3_INTERNAL_ERROR);
  }

  /** Never called: no request of HTTP/3 offers an upgrade. */
  @Override
  public void becomeTunnel(ByteBuf answer, MemberStream member, ByteBuf ahead, Runnable ended) {
    answer.release();
    ahead.release();
    member.channel().close();
    ended.run();
    reset(Http3ErrorCode.H3_INTERNAL_ERROR);
  }

  private void reset(Http3ErrorCode why) {
    phase = Phase.OVER;
    channel.shutdown(why.code());
    channel.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    inRead = true;
    try {
      if (phase != Phase.OVER) {
        switch (message) {
          case Http3HeadersFrame headers -> headers(headers.headers());
          case Http3DataFrame data -> data(data.content());
          default -> {} // frames of unknown types are ignored (RFC 9114, section 9)
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void headers(Http3Headers headers) {
    if (phase == Phase.HEAD) {
      fields = headers;
      phase = Phase.READY;
      return;
    }
    begin(false);
    ByteBuf lines = channel.alloc().buffer();
    if (Http2Heads.trailers(headers, lines) != Fault.NONE || trailers != null) {
      lines.release();
      malformed();
    } else if (phase == Phase.EXCHANGE && lines.isReadable()) {
      trailers = lines;
    } else {
      lines.release();
    }
  }

  private void data(ByteBuf data) {
    begin(false);
    int size = data.readableBytes();
    if (phase == Phase.HEAD || (lengthLeft >= 0 && size > lengthLeft)) {
      malformed();
    } else if (phase == Phase.EXCHANGE && size > 0) {
      lengthLeft -= lengthLeft < 0 ? 0 : size;
      exchange.requestBody(data.retainedSlice(), false, null);
      updateReading();
    }
  }

  private void ended() {
    if (inputEnded) {
      return;
    }
    inputEnded = true;
    begin(true);
    if (phase == Phase.HEAD) {
      reset(Http3ErrorCode.H3_REQUEST_INCOMPLETE);
    } else if (phase == Phase.EXCHANGE && !exchange.requestComplete()) {
      if (lengthLeft > 0) {
        malformed();
      } else {
        ByteBuf ending = trailers;
        trailers = null;
        exchange.requestBody(Unpooled.EMPTY_BUFFER, true, ending);
      }
    }
  }

  /**
   * Begins to serve the request whose head is there, now that it is known whether a body follows.
   */
  private void begin(boolean ends) {
    Http3Headers found = fields;
    if (phase != Phase.READY || found == null) {
      return;
    }
    fields = null;
    ByteBuf text = channel.alloc().buffer();
    try {
      if (Http2Heads.request(found, ends, "", text) != Fault.NONE) {
        malformed();
        return;
      }
      phase = Phase.EXCHANGE;
      if (head.feed(text) == Head.Verdict.COMPLETE) {
        lengthLeft = head.isChunked() ? -1 : Math.max(0, head.contentLength());
        if (ends && lengthLeft > 0) {
          malformed();
        } else {
          exchange.start(front.serving(), ends || lengthLeft == 0);
        }
      } else {
        refuse(head.fault(), AsciiString.contentEquals("HEAD", found.method()));
      }
    } finally {
      text.release();
    }
    updateReading();
  }

  private void refuse(Fault fault, boolean toHead) {
    front.metrics().refused(fault);
    Fault told = fault == Fault.NONE ? Fault.HEAD_TOO_LARGE : fault;
    LocalAnswer answer = new LocalAnswer(told.status(), told.name(), told.words());
    answer(answer, true, HeadRewriter.NO_LINES, toHead);
    exchangeOver(false);
  }

  /** RFC 9114, section 4.1.2. */
  private void malformed() {
    if (phase == Phase.EXCHANGE) {
      exchange.clientGone();
    }
    reset(Http3ErrorCode.H3_MESSAGE_ERROR);
  }

  /** The client is gone, or wants no answer. */
  private void giveUp(Http3ErrorCode why) {
    if (phase != Phase.OVER) {
      phase = Phase.OVER;
      connection.cancelled();
      exchange.clientGone();
      reset(why);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    begin(false);
    inRead = false;
    MemberStream member = memberToFlush;
    if (member != null) {
      memberToFlush = null;
      member.flush();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ended();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (phase == Phase.EXCHANGE && channel.isWritable()) {
      exchange.clientTakesMore();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (phase == Phase.EXCHANGE) {
      exchange.clientGone();
    }
    phase = Phase.OVER;
  }

  private void dropTrailers() {
    if (trailers != null) {
      trailers.release();
      trailers = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // The client breaks HTTP/3, or most often has reset the stream.
    giveUp(
        cause instanceof Http3HeadersValidationException
            ? Http3ErrorCode.H3_MESSAGE_ERROR
            : H3_REQUEST_CANCELLED);
  }

  @Override
  public long deadline() {
    return deadline;
  }

  @Override
  public void expired() {
    switch (phase) {
      case HEAD, READY -> reset(Http3ErrorCode.H3_REQUEST_INCOMPLETE);
      case EXCHANGE -> exchange.expired();
      case OVER -> channel.close();
    }
  }
}

package dev.terrace.http.http2;

import dev.terrace.http.exchange.ClientPeer;
import dev.terrace.http.exchange.Deadlines;
import dev.terrace.http.exchange.Exchange;
import dev.terrace.http.exchange.FrontState;
import dev.terrace.http.exchange.MemberStream;
import dev.terrace.http.exchange.MultiplexedStream;
import dev.terrace.http.exchange.Serving;
import dev.terrace.http.head.HeadRewriter;
import dev.terrace.http.head.LocalAnswer;
import dev.terrace.http.wire.Fault;
import dev.terrace.http.wire.Head;
import dev.terrace.http.wire.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client's HTTP/2 connection (RFC 9113, section 8.1). When its stream is closed
 * the connection uses it again for another.
 */
final class Http2ClientStream implements MultiplexedStream, Deadlines.Timed {

  private enum Phase {
    /** It has no stream. */
    IDLE,
    /** A request is being served. */
    EXCHANGE,
    /** A WebSocket is open. */
    TUNNEL,
    /** The answer is complete but perhaps not sent; what still comes in is thrown away. */
    FINISHING
  }

  /** Where the status begins in the head of an answer. */
  private static final int STATUS_AT = 9;

  private final Http2ClientConnection connection;
  private final FrontState front;
  private final Exchange exchange;
  private final AnswerWriter writer;
  private final WebSocketSide webSocket = new WebSocketSide();
  private RequestHead head;
  private int maxHead;
  private Phase phase = Phase.IDLE;
  private @Nullable Http2Stream stream;
  private boolean requestEnded;
  private int unconsumed;
  private long deadline = Deadlines.NEVER;

  Http2ClientStream(Http2ClientConnection connection, FrontState front) {
    this.connection = connection;
    this.front = front;
    writer = new AnswerWriter(connection);
    maxHead = front.serving().maxHead();
    head = new RequestHead(maxHead);
    exchange = new Exchange(this, front);
  }

  // What the connection reads.

  /** A request begins. */
  void begin(Http2Stream opened, Http2Headers fields, boolean ends) {
    Serving serving = front.serving();
    if (maxHead == serving.maxHead()) {
      head.reset();
    } else {
      maxHead = serving.maxHead();
      head = new RequestHead(maxHead);
    }
    open(opened, ends);
    ByteBuf bytes = connection.scratch();
    Fault fault = Http2Heads.request(fields, ends, webSocket.begin(fields), bytes);
    if (fault != Fault.NONE) {
      front.metrics().refused(fault);
      reset(Http2Error.PROTOCOL_ERROR);
      return;
    }
    boolean toHead = bytes.getByte(0) == 'H' && bytes.getByte(4) == ' ';
    if (head.feed(bytes) == Head.Verdict.COMPLETE) {
      exchange.start(serving, ends || webSocket.isWanted());
    } else {
      refuse(head.fault(), toHead);
    }
  }

  /** A request begins whose head is too large to be read at all. */
  void beginTooLarge(Http2Stream opened) {
    open(opened, false);
    refuse(Fault.HEAD_TOO_LARGE, false);
  }

  private void open(Http2Stream opened, boolean ends) {
    stream = opened;
    phase = Phase.EXCHANGE;
    requestEnded = ends;
    unconsumed = 0;
    writer.open(opened);
  }

  private void refuse(Fault fault, boolean toHead) {
    front.metrics().refused(fault);
    LocalAnswer answer = new LocalAnswer(fault.status(), fault.name(), fault.words());
    answer(answer, true, HeadRewriter.NO_LINES, toHead);
    exchangeOver(requestEnded);
  }

  /** Takes a piece of the request's body; returns how much of the window is free again. */
  int data(ByteBuf data, int padding, boolean ends) {
    int bytes = data.readableBytes() + padding;
    requestEnded = ends;
    switch (phase) {
      case IDLE, FINISHING -> {}
      case TUNNEL -> webSocket.data(data.retain(), ends);
      case EXCHANGE -> {
        if (webSocket.isWanted()) {
          webSocket.data(data.retain(), false);
        } else {
          exchange.requestBody(data.retain(), ends, null);
        }
      }
    }
    if (takesMore()) {
      return bytes;
    }
    unconsumed += bytes;
    return 0;
  }

  private boolean takesMore() {
    return switch (phase) {
      case IDLE, FINISHING -> true;
      case TUNNEL -> webSocket.memberTakesMore();
      case EXCHANGE -> !webSocket.isWanted() && exchange.takesMore();
    };
  }

  /** The request ends with trailers. */
  void trailers(Http2Headers fields) {
    requestEnded = true;
    if (phase == Phase.TUNNEL) {
      webSocket.end();
    }
    if (phase != Phase.EXCHANGE || webSocket.isWanted()) {
      return;
    }
    ByteBuf lines = alloc().buffer();
    Fault fault = Http2Heads.trailers(fields, lines);
    if (fault != Fault.NONE) {
      lines.release();
      front.metrics().refused(fault);
      reset(Http2Error.PROTOCOL_ERROR);
      return;
    }
    boolean any = lines.isReadable();
    if (!any) {
      lines.release();
    }
    exchange.requestBody(Unpooled.EMPTY_BUFFER, true, any ? lines : null);
  }

  /** The client's window or the connection has room again. */
  void writabilityChanged() {
    Http2Stream open = stream;
    if (open == null || !connection.isWritable(open)) {
      return;
    }
    if (phase == Phase.TUNNEL) {
      webSocket.clientTakesMore();
    } else if (phase == Phase.EXCHANGE) {
      exchange.clientTakesMore();
    }
  }

  /** The client has made room for more of the answer, though perhaps not enough. */
  void windowGrew() {
    if (phase == Phase.FINISHING) {
      expireIn(front.serving().idleNanos());
    }
  }

  /** The stream is closed, by whatever side. */
  void closed() {
    stream = null;
    phase = Phase.IDLE;
    deadline = Deadlines.NEVER;
    writer.closed();
    webSocket.close();
    exchange.clientGone();
  }

  // What the exchange needs of its client.

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
    return "HTTP/2.0";
  }

  @Override
  public RequestHead head() {
    return head;
  }

  @Override
  public ByteBufAllocator alloc() {
    return connection.alloc();
  }

  @Override
  public void interimHead(ByteBuf interim) {
    writer.head(interim, false);
  }

  /** A WebSocket is opened by status 200 here, so no other answer may have it. */
  @Override
  public void answerHead(ByteBuf answer, boolean addsChunks, boolean ends) {
    boolean successful = answer.getByte(answer.readerIndex() + STATUS_AT) == '2';
    if (successful && webSocket.isWanted()) {
      answer.release();
      writer.head(WebSocketHandshake.refused(), true);
    } else {
      writer.head(answer, ends);
    }
  }

  @Override
  public void answerBody(ByteBuf piece) {
    writer.body(piece);
  }

  @Override
  public void answerEnd(@Nullable ByteBuf trailers) {
    writer.end(trailers);
  }

  @Override
  public void flush() {
    writer.flush();
  }

  @Override
  public boolean isWritable() {
    return writer.isWritable();
  }

  @Override
  public void flushSoon(MemberStream member) {
    connection.flushSoon(member);
  }

  @Override
  public void expireIn(long nanos) {
    deadline = connection.in(nanos);
  }

  @Override
  public long deadline() {
    return deadline;
  }

  @Override
  public void expired() {
    switch (phase) {
      case IDLE -> deadline = Deadlines.NEVER;
      case EXCHANGE -> exchange.expired();
      case TUNNEL -> deadline = Deadlines.NEVER;
      case FINISHING -> reset(Http2Error.CANCEL);
    }
  }

  /** Opens the window for what was taken meanwhile. */
  @Override
  public void updateReading() {
    Http2Stream open = stream;
    if (open != null && unconsumed > 0 && takesMore()) {
      int bytes = unconsumed;
      unconsumed = 0;
      connection.consume(open, bytes);
    }
  }

  /** The rest of a request that nobody waits for is not worth being sent: RFC 9113, section 8.1. */
  @Override
  public void exchangeOver(boolean staysOpen) {
    Http2Stream open = stream;
    if (open == null) {
      return;
    }
    finish();
    if (requestEnded) {
      return;
    }
    int bytes = unconsumed;
    unconsumed = 0;
    connection.consume(open, bytes);
    ChannelFuture written = writer.ending();
    if (written != null) {
      written.addListener(sent -> {
        if (sent.isSuccess() && open.equals(stream) && !requestEnded) {
          reset(Http2Error.NO_ERROR);
        }
      });
    }
  }

  private void finish() {
    phase = Phase.FINISHING;
    webSocket.close();
    expireIn(front.serving().idleNanos());
  }

  @Override
  public void abort(boolean endsWithConnection) {
    reset(Http2Error.INTERNAL_ERROR);
  }

  private void reset(Http2Error error) {
    Http2Stream open = stream;
    if (open != null) {
      phase = Phase.FINISHING;
      connection.reset(open, error);
    }
  }

  @Override
  public void becomeTunnel(ByteBuf answer, MemberStream member, ByteBuf ahead, Runnable ended) {
    FieldList fields = webSocket.opened(answer);
    answer.release();
    webSocket.join(this, member, ended);
    phase = Phase.TUNNEL;
    deadline = Deadlines.NEVER;
    boolean refused = WebSocketHandshake.isRefusal(fields);
    writer.head(fields, refused);
    writer.body(ahead);
    if (refused || stream == null) {
      exchangeOver(false);
      webSocket.close();
      return;
    }
    if (requestEnded) {
      webSocket.end();
    }
    updateReading();
    flush();
  }

  /**
   * The member's end of the WebSocket is closed.
   *
   * @param inOrder whether it had said its last word before
   */
  void memberGone(boolean inOrder) {
    if (phase == Phase.TUNNEL && inOrder) {
      finish();
    } else if (phase == Phase.TUNNEL) {
      reset(Http2Error.CANCEL);
    }
  }
}

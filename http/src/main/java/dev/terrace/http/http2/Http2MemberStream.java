package dev.terrace.http.http2;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.http.exchange.AnswerReceiver;
import dev.terrace.http.exchange.MemberStream;
import dev.terrace.http.wire.Fault;
import dev.terrace.http.wire.Head;
import dev.terrace.http.wire.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer on a shared connection to a member. A slow client stops its own stream
 * alone: what it does not take is not credited to the stream's window (RFC 9113, section 5.2).
 */
final class Http2MemberStream implements MemberStream {

  /** How long a silent member is not suspected yet, when somebody stops waiting for it. */
  private static final long PATIENCE_NANOS = 1_000_000_000L;

  private final Http2MemberConnection connection;
  private @Nullable AnswerReceiver receiver;
  private @Nullable Http2Stream stream;
  private boolean requestEnded;
  private boolean answerStarted;
  private boolean bodiless;
  private boolean paused;
  private boolean freed;
  private int uncredited;
  private long sentNanos;
  private long readsWhenSent;

  Http2MemberStream(Http2MemberConnection connection, AnswerReceiver receiver) {
    this.connection = connection;
    this.receiver = receiver;
  }

  @Nullable AnswerReceiver receiver() {
    return receiver;
  }

  // What the exchange calls.

  @Override
  public void requestHead(ByteBuf head, boolean addsChunks, boolean ends) {
    requestEnded = ends;
    sentNanos = System.nanoTime();
    readsWhenSent = connection.reads();
    Http2Headers headers = new DefaultHttp2Headers(false);
    try {
      Http2Fields.request(head, connection.scheme(), headers);
    } finally {
      head.release();
    }
    stream = connection.begin(this, headers, ends);
    if (stream == null) {
      // Not at once: the exchange is still busy with handing the request over.
      connection.channel().eventLoop().execute(() -> fail(AttemptFailure.REFUSED));
    }
  }

  @Override
  public void requestBody(ByteBuf piece) {
    if (isOpen() && piece.isReadable()) {
      connection.writeData(id(), piece, false);
    } else {
      piece.release();
    }
  }

  @Override
  public void requestEnd(@Nullable ByteBuf trailers) {
    boolean late = requestEnded || !isOpen();
    requestEnded = true;
    if (trailers == null) {
      if (!late) {
        connection.writeData(id(), connection.channel().alloc().buffer(0), true);
      }
      return;
    }
    try {
      if (!late) {
        Http2Headers headers = new DefaultHttp2Headers(false);
        Http2Fields.trailers(trailers, headers);
        connection.writeTrailers(id(), headers);
      }
    } finally {
      trailers.release();
    }
  }

  /** Whether the member has not ended or refused the stream: then nothing more is sent. */
  private boolean isOpen() {
    return stream != null && receiver != null;
  }

  private int id() {
    return stream == null ? 0 : stream.id();
  }

  @Override
  public void flush() {
    connection.flush();
  }

  @Override
  public boolean isWritable() {
    return stream != null && connection.isWritable(stream);
  }

  @Override
  public void setReading(boolean on) {
    paused = !on;
    if (on && uncredited > 0 && stream != null) {
      int credit = uncredited;
      uncredited = 0;
      connection.credit(stream, credit);
    }
  }

  @Override
  public void abandon() {
    if (receiver == null) {
      return;
    }
    receiver = null;
    if (stream == null) {
      free();
      return;
    }
    boolean silent = readsWhenSent == connection.reads();
    connection.reset(id(), Http2Error.CANCEL);
    if (silent && System.nanoTime() - sentNanos > PATIENCE_NANOS) {
      connection.suspect();
    }
  }

  @Override
  public Channel channel() {
    return connection.channel();
  }

  // What the connection calls.

  /** A head has come: of an interim answer, of the answer, or the trailers. */
  void headers(Http2Headers headers, boolean ends, ResponseHead head) {
    AnswerReceiver served = receiver;
    if (served == null) {
      return;
    }
    served.progressed();
    if (answerStarted) {
      trailers(headers, ends);
      return;
    }
    head.reset();
    ByteBuf text = channel().alloc().buffer();
    try {
      // Read again as strictly as if the member had spoken HTTP/1.1.
      boolean understood =
          Http2Heads.answer(headers, ends, served.isHead(), text) == Fault.NONE
              && head.feed(text) == Head.Verdict.COMPLETE
              && !text.isReadable();
      if (understood) {
        headRead(served, head, ends);
      } else {
        breach();
      }
    } finally {
      text.release();
    }
  }

  private void headRead(AnswerReceiver served, ResponseHead head, boolean ends) {
    if (head.isInterim()) {
      served.interimAnswer(head);
      return;
    }
    answerStarted = true;
    bodiless = served.isHead() || head.isBodiless();
    served.answerStarts(head, false, ends);
    if (ends) {
      complete(null);
    }
  }

  private void trailers(Http2Headers headers, boolean ends) {
    ByteBuf lines = channel().alloc().buffer();
    boolean understood = ends && !bodiless && Http2Heads.trailers(headers, lines) == Fault.NONE;
    if (understood && lines.isReadable()) {
      complete(lines);
      return;
    }
    lines.release();
    if (understood) {
      complete(null);
    } else {
      breach();
    }
  }

  /** Data has come, which stays the caller's; returns how much of it is dealt with already. */
  int data(ByteBuf data, int flowControlled, boolean ends) {
    AnswerReceiver served = receiver;
    if (served == null) {
      return flowControlled;
    }
    served.progressed();
    if (!answerStarted || (bodiless && data.isReadable())) {
      breach();
      return flowControlled;
    }
    if (data.isReadable()) {
      served.answerBody(data.readRetainedSlice(data.readableBytes()));
    }
    if (ends) {
      complete(null);
    }
    if (paused && receiver != null) {
      uncredited += flowControlled;
      return 0;
    }
    return flowControlled;
  }

  private void complete(@Nullable ByteBuf trailers) {
    AnswerReceiver served = receiver;
    receiver = null;
    if (served == null) {
      if (trailers != null) {
        trailers.release();
      }
      return;
    }
    connection.served();
    if (!requestEnded) {
      // RFC 9113, section 8.1: the member has answered without waiting for the rest.
      connection.reset(id(), Http2Error.CANCEL);
    }
    served.answerCompleted(trailers);
  }

  /** The member does not keep to HTTP/2 on this stream. */
  void breach() {
    AnswerReceiver served = receiver;
    if (served != null) {
      receiver = null;
      connection.reset(id(), Http2Error.PROTOCOL_ERROR);
      served.failed(AttemptFailure.BROKEN_ANSWER);
    }
  }

  /** The member has reset the stream. */
  void reset(long code) {
    // RFC 9113, section 8.7: a refused stream was not processed at all.
    fail(
        code == Http2Error.REFUSED_STREAM.code()
            ? AttemptFailure.REFUSED
            : AttemptFailure.BROKEN_ANSWER);
  }

  /** Tells the receiver, if there still is one. */
  void fail(AttemptFailure failure) {
    AnswerReceiver served = receiver;
    receiver = null;
    if (stream == null) {
      free();
    }
    if (served != null) {
      served.failed(failure);
    }
  }

  /** The stream is over for both sides. */
  void closed() {
    AnswerReceiver served = receiver;
    fail(AttemptFailure.CLOSED);
    free();
    if (served != null) {
      served.readComplete();
    }
  }

  /** Gives its place back, once. */
  private void free() {
    if (!freed) {
      freed = true;
      connection.freed();
    }
  }

  /** The member takes more of the request, or no more. */
  void writabilityChanged() {
    if (receiver != null) {
      receiver.writabilityChanged();
    }
  }
}

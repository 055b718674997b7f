package dev.terrace.http.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The member's side of an exchange: a connection of HTTP/1.1, or one stream of an HTTP/2
 * connection. What the member answers goes to the {@link AnswerReceiver} that it was opened for.
 * All methods are called on its event loop. Buffers that are passed are taken over.
 */
public interface MemberStream {

  /**
   * The head of the request, in the form of HTTP/1.1.
   *
   * @param addsChunks whether the body follows as data, though the head promises chunks: the
   *     member's side puts it into chunks
   * @param ends whether no body follows
   */
  void requestHead(ByteBuf head, boolean addsChunks, boolean ends);

  /** A piece of the request's body. */
  void requestBody(ByteBuf piece);

  /**
   * The request is complete.
   *
   * @param trailers field lines in the form of HTTP/1.1, each with its CR LF, or null
   */
  void requestEnd(@Nullable ByteBuf trailers);

  /** Sends what was written. */
  void flush();

  /** Whether the member takes more of the request without it piling up here. */
  boolean isWritable();

  /** Reads the answer on, or pauses. */
  void setReading(boolean on);

  /** Nobody waits for the answer any more: ends the stream, and tells the receiver nothing. */
  void abandon();

  /** The channel of the stream, to join it with another after HTTP has ended. */
  Channel channel();
}

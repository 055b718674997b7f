package dev.terrace.http.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answers of one {@link Http2ClientStream} as frames, so that the last piece of a body
 * carries the end of the stream. Buffers that are passed are taken over.
 */
final class AnswerWriter {

  /** What may be written before it is sent at once. */
  private static final int UNFLUSHED_MAX = 64 * 1024;

  private final Http2ClientConnection connection;
  private @Nullable Http2Stream stream;
  private @Nullable ByteBuf lastPiece;
  private @Nullable ChannelFuture ending;
  private int unflushed;
  private long flushSeen;

  AnswerWriter(Http2ClientConnection connection) {
    this.connection = connection;
  }

  /** Writes to that stream from now on. */
  void open(Http2Stream opened) {
    stream = opened;
    ending = null;
  }

  /** The stream is closed: what is still written goes nowhere. */
  void closed() {
    stream = null;
    ending = null;
    if (lastPiece != null) {
      lastPiece.release();
      lastPiece = null;
    }
  }

  /** When the end of the stream has been sent; null if it was not written. */
  @Nullable ChannelFuture ending() {
    return ending;
  }

  void head(ByteBuf bytes, boolean ends) {
    FieldList fields = new FieldList();
    Http2Fields.answer(bytes, fields);
    bytes.release();
    head(fields, ends);
  }

  void head(FieldList fields, boolean ends) {
    Http2Stream open = stream;
    if (open != null && ending == null) {
      ChannelFuture written = connection.writeHeaders(open, fields, ends);
      ending = ends ? written : null;
    }
  }

  /** Holds the piece back until it is known whether it is the last. */
  void body(ByteBuf piece) {
    if (stream == null || ending != null || !piece.isReadable()) {
      piece.release();
      return;
    }
    writeLastPiece();
    lastPiece = piece;
    if (flushSeen != connection.flushes()) {
      flushSeen = connection.flushes();
      unflushed = 0;
    }
    unflushed += piece.readableBytes();
  }

  private void writeLastPiece() {
    ByteBuf piece = lastPiece;
    Http2Stream open = stream;
    if (piece != null && open != null) {
      lastPiece = null;
      connection.writeData(open, piece, false);
    }
  }

  void end(@Nullable ByteBuf trailers) {
    Http2Stream open = stream;
    if (open != null && ending == null) {
      FieldList fields = new FieldList();
      if (trailers != null) {
        Http2Fields.trailers(trailers, fields);
      }
      if (fields.isEmpty()) {
        ByteBuf last = lastPiece == null ? Unpooled.EMPTY_BUFFER : lastPiece;
        lastPiece = null;
        ending = connection.writeData(open, last, true);
      } else {
        writeLastPiece();
        ending = connection.writeHeaders(open, fields, true);
      }
    }
    if (trailers != null) {
      trailers.release();
    }
  }

  void flush() {
    writeLastPiece();
    if (muchUnflushed()) {
      connection.flushNow();
    } else {
      connection.flushSoon();
    }
  }

  private boolean muchUnflushed() {
    return flushSeen == connection.flushes() && unflushed > UNFLUSHED_MAX;
  }

  boolean isWritable() {
    Http2Stream open = stream;
    return open == null || (!muchUnflushed() && connection.isWritable(open));
  }
}

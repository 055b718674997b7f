package dev.terrace.http.exchange;

import dev.terrace.http.compress.CompressedBody;
import dev.terrace.http.compress.Compression;
import dev.terrace.http.head.HeadRewriter;
import dev.terrace.http.wire.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The answer's body on its way to the client: as the member sent it, or compressed. */
final class AnswerBody {

  private final ClientStream client;
  private @Nullable CompressedBody compressed;
  private boolean takesChunks;
  private boolean addsChunks;
  private boolean endsWithConnection;
  private boolean isDelimited;

  AnswerBody(ClientStream client) {
    this.client = client;
  }

  /**
   * Decides what becomes of the body that follows that head.
   *
   * @param lines header lines that the head is to get besides
   * @param chunksCome whether the member's side hands on the framing of chunks
   * @param untilClose whether the end of the member's connection is its end
   * @return those lines and what the decision adds to them
   */
  byte[] begin(
      @Nullable Compression by,
      ResponseHead head,
      byte[] lines,
      boolean chunksCome,
      boolean untilClose,
      boolean ends) {
    byte[] all = compress(by, head, ends, lines);
    boolean changes = compressed != null;
    boolean clientTakesChunks = client.takesChunks();
    takesChunks = !changes && clientTakesChunks && chunksCome;
    addsChunks = (head.isChunked() || changes) && clientTakesChunks && !takesChunks && !ends;
    endsWithConnection = untilClose && !changes;
    isDelimited = !endsWithConnection && (clientTakesChunks || !head.isChunked());
    return all;
  }

  private byte[] compress(@Nullable Compression by, ResponseHead head, boolean ends, byte[] lines) {
    if (by == null || ends || !by.concerns(client.head(), head)) {
      return lines;
    }
    compressed = by.begin(client.head(), client.alloc());
    byte[] own = HeadRewriter.ascii(Compression.rewrite(head, compressed, client.takesChunks()));
    byte[] all = Arrays.copyOf(lines, lines.length + own.length);
    System.arraycopy(own, 0, all, lines.length, own.length);
    return all;
  }

  /** Whether it is taken from the member with the framing of its chunks. */
  boolean takesChunks() {
    return takesChunks;
  }

  /** Whether the client's side puts it into chunks. */
  boolean addsChunks() {
    return addsChunks;
  }

  /** Whether the end of the client's connection is its end. */
  boolean endsWithConnection() {
    return endsWithConnection;
  }

  /** Whether a client of HTTP/1 can tell where it ends while the connection stays open. */
  boolean isDelimited() {
    return isDelimited;
  }

  /** Sends a piece, which is taken over; returns how many bytes that made. */
  int write(ByteBuf piece) {
    return send(compressed == null ? piece : compressed.encode(piece));
  }

  /** Sends what was held back. */
  int flush() {
    return compressed == null || !compressed.isUnflushed() ? 0 : send(compressed.flush());
  }

  /** Those of the trailers that are true of what is sent; what is passed is taken over. */
  @Nullable ByteBuf trailers(@Nullable ByteBuf all) {
    return all == null || compressed == null ? all : Compression.trailers(all);
  }

  /** Sends the rest. */
  int finish() {
    if (compressed == null) {
      return 0;
    }
    int count = send(compressed.finish());
    compressed = null;
    return count;
  }

  private int send(ByteBuf out) {
    int count = out.readableBytes();
    if (count == 0) {
      out.release();
    } else {
      client.answerBody(out);
    }
    return count;
  }

  /** Nothing more is sent. */
  void close() {
    if (compressed != null) {
      compressed.close();
      compressed = null;
    }
  }
}

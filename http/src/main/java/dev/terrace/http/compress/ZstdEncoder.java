package dev.terrace.http.compress;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** The zstd format (RFC 8878). */
final class ZstdEncoder implements BodyEncoder {

  private static final int LEVEL = 3;

  /** 256 KB: bounds the memory of each body, and is far below the 8 MB of RFC 9659. */
  private static final int WINDOW_LOG = 18;

  private static final int ROOM = 4096;

  private final ZstdCompressCtx context =
      new ZstdCompressCtx().setLevel(LEVEL).setWindowLog(WINDOW_LOG);
  private final ByteBuffer nothing = ByteBuffer.allocateDirect(0);

  @Override
  public void encode(ByteBuf piece, ByteBuf out) {
    if (piece.isDirect() && piece.nioBufferCount() == 1) {
      compress(piece.nioBuffer(), EndDirective.CONTINUE, out);
      return;
    }
    ByteBuf copy = piece.alloc().directBuffer(piece.readableBytes());
    try {
      copy.writeBytes(piece, piece.readerIndex(), piece.readableBytes());
      compress(copy.nioBuffer(), EndDirective.CONTINUE, out);
    } finally {
      copy.release();
    }
  }

  private void compress(ByteBuffer in, EndDirective how, ByteBuf out) {
    boolean done;
    do {
      out.ensureWritable(ROOM);
      ByteBuffer target = out.nioBuffer(out.writerIndex(), out.writableBytes());
      done = context.compressDirectByteBufferStream(target, in, how);
      out.writerIndex(out.writerIndex() + target.position());
    } while (how == EndDirective.CONTINUE ? in.hasRemaining() : !done);
  }

  @Override
  public void flush(ByteBuf out) {
    compress(nothing.duplicate(), EndDirective.FLUSH, out);
  }

  @Override
  public void finish(ByteBuf out) {
    compress(nothing.duplicate(), EndDirective.END, out);
  }

  @Override
  public void close() {
    context.close();
  }
}

package dev.terrace.http.compress;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** The gzip format (RFC 1952) over the JDK's zlib. */
final class GzipEncoder implements BodyEncoder {

  /** Half the time of zlib's own 6, and little larger. */
  private static final int LEVEL = 4;

  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
  private static final byte[] NOTHING = {};
  private static final int ROOM = 4096;

  private final Deflater deflater = new Deflater(LEVEL, true);
  private final CRC32 checksum = new CRC32();
  private boolean begun;

  @Override
  public void encode(ByteBuf piece, ByteBuf out) {
    ByteBuffer in = piece.nioBuffer();
    checksum.update(in.duplicate());
    deflater.setInput(in);
    begin(out);
    deflate(Deflater.NO_FLUSH, out);
    // What is left would be read from a buffer that is released.
    deflater.setInput(NOTHING);
  }

  private void begin(ByteBuf out) {
    if (!begun) {
      begun = true;
      out.writeBytes(HEADER);
    }
  }

  private void deflate(int mode, ByteBuf out) {
    int room;
    int written;
    do {
      out.ensureWritable(ROOM);
      room = out.writableBytes();
      ByteBuffer target = out.nioBuffer(out.writerIndex(), room);
      written = deflater.deflate(target, mode);
      out.writerIndex(out.writerIndex() + written);
    } while (written == room);
  }

  @Override
  public void flush(ByteBuf out) {
    begin(out);
    deflate(Deflater.SYNC_FLUSH, out);
  }

  @Override
  public void finish(ByteBuf out) {
    begin(out);
    deflater.finish();
    deflate(Deflater.NO_FLUSH, out);
    out.writeIntLE((int) checksum.getValue());
    out.writeIntLE((int) deflater.getBytesRead());
  }

  @Override
  public void close() {
    deflater.end();
  }
}

package dev.terrace.http.compress;

import com.aayushatharva.brotli4j.encoder.BrotliEncoderChannel;
import com.aayushatharva.brotli4j.encoder.Encoder;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/** The brotli format (RFC 7932). */
final class BrotliEncoder implements BodyEncoder {

  private static final int QUALITY = 4;

  /** 256 KB, which bounds the memory of each body. */
  private static final int WINDOW_LOG = 18;

  private static final int INPUT_BYTES = 16 * 1024;

  /** Where the library's output goes: to whatever is being written at the moment. */
  private static final class Output implements WritableByteChannel {
    /** Null while nobody wants it: what is abandoned still writes its end. */
    private @Nullable ByteBuf out;

    @Override
    public int write(ByteBuffer bytes) {
      int count = bytes.remaining();
      if (out == null) {
        bytes.position(bytes.limit());
      } else {
        out.writeBytes(bytes);
      }
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private final Output output = new Output();
  private final BrotliEncoderChannel encoder;
  private boolean closed;

  BrotliEncoder() {
    try {
      encoder =
          new BrotliEncoderChannel(
              output, Encoder.Parameters.create(QUALITY, WINDOW_LOG), INPUT_BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void encode(ByteBuf piece, ByteBuf out) {
    output.out = out;
    try {
      encoder.write(piece.nioBuffer());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      output.out = null;
    }
  }

  @Override
  public void flush(ByteBuf out) {
    output.out = out;
    try {
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      output.out = null;
    }
  }

  @Override
  public void finish(ByteBuf out) {
    output.out = out;
    close();
  }

  /** Writes the end and frees the native memory: the library knows no other way. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      encoder.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      output.out = null;
    }
  }
}

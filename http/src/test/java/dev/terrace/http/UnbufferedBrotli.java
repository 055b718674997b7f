package dev.terrace.http;

import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Decodes brotli as it comes; the library's own stream waits for more before it gives any. */
@SuppressWarnings("InputStreamSlowMultibyteRead") // a few bytes are read
final class UnbufferedBrotli extends InputStream {

  private final InputStream source;
  private final DecoderJNI.Wrapper decoder;
  private @Nullable ByteBuffer decoded;

  UnbufferedBrotli(InputStream source) throws IOException {
    this.source = source;
    decoder = new DecoderJNI.Wrapper(64);
  }

  @Override
  public int read() throws IOException {
    while (decoded == null || !decoded.hasRemaining()) {
      if (decoder.hasOutput()) {
        decoded = decoder.pull();
        continue;
      }
      switch (decoder.getStatus()) {
        case DONE -> {
          return -1;
        }
        case OK -> decoder.push(0);
        case NEEDS_MORE_OUTPUT -> decoded = decoder.pull();
        case NEEDS_MORE_INPUT -> {
          int next = source.read();
          if (next < 0) {
            return -1;
          }
          decoder.getInputBuffer().clear().put((byte) next);
          decoder.push(1);
        }
        default -> throw new IOException("not brotli");
      }
    }
    return decoded.get() & 0xFF;
  }

  @Override
  public void close() throws IOException {
    decoder.destroy();
    source.close();
  }
}

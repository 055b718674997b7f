package dev.terrace.http.compress;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.github.luben.zstd.util.Native;

/** A content coding that we can apply (RFC 9110, section 8.4.1). */
public enum Coding {
  ZSTD("zstd"),
  BR("br"),
  GZIP("gzip");

  private final String token;

  Coding(String token) {
    this.token = token;
  }

  /** Its name in headers. */
  public String token() {
    return token;
  }

  /** Whether it works on this machine: two of them are native code. Loads that. */
  boolean isAvailable() {
    return switch (this) {
      case GZIP -> true;
      case BR -> Brotli4jLoader.isAvailable();
      case ZSTD -> {
        try {
          Native.load();
          yield Native.isLoaded();
        } catch (LinkageError e) {
          yield false;
        }
      }
    };
  }

  BodyEncoder encoder() {
    return switch (this) {
      case GZIP -> new GzipEncoder();
      case BR -> new BrotliEncoder();
      case ZSTD -> new ZstdEncoder();
    };
  }
}

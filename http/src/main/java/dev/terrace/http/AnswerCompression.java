package dev.terrace.http;

import dev.terrace.config.HttpConfig.CompressionConfig;
import dev.terrace.core.signal.Signals;
import dev.terrace.http.compress.Coding;
import dev.terrace.http.compress.Compression;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The compression of answers as the file asks; it stays the same while the file asks the same. */
final class AnswerCompression {

  private final Signals signals;
  private Optional<CompressionConfig> asked = Optional.empty();
  private @Nullable Compression current;

  AnswerCompression(Signals signals) {
    this.signals = signals;
  }

  /** What compresses from now on, or null for nothing. Loads native code if need be. */
  @Nullable Compression configure(Optional<CompressionConfig> config) {
    if (!config.equals(asked)) {
      current = config.map(this::of).orElse(null);
      asked = config;
    }
    return current;
  }

  private Compression of(CompressionConfig config) {
    return new Compression(
        config.types(),
        config.minSize().bytes(),
        config.encodings().stream()
            .map(encoding ->
                switch (encoding) {
                  case ZSTD -> Coding.ZSTD;
                  case BR -> Coding.BR;
                  case GZIP -> Coding.GZIP;
                })
            .toList(),
        config.maxConcurrent(),
        signals);
  }
}

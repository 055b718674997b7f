package dev.terrace.config.file;

import dev.terrace.config.bind.Place;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Bytes of a file as text. */
final class Utf8 {

  private Utf8() {}

  /** Where the bytes stop being UTF-8, if they do. */
  static Optional<Place> firstWrong(String file, byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CoderResult result = decoder.decode(in, CharBuffer.allocate(bytes.length + 1), true);
    if (!result.isError()) {
      return Optional.empty();
    }
    String before = new String(bytes, 0, in.position(), StandardCharsets.UTF_8);
    return Optional.of(Place.after(file, before));
  }

  /** The text, without the mark that some editors put before it. */
  static String text(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }
}

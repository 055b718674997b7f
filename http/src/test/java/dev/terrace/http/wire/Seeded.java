package dev.terrace.http.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Makes inputs that are nearly right: known good ones with a few things changed. */
final class Seeded {

  private final Random random;

  Seeded(long seed) {
    random = new Random(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /** One of the good texts, after up to three changes. */
  String changed(List<String> good, List<String> snippets) {
    StringBuilder text = new StringBuilder(good.get(below(good.size())));
    int changes = below(4);
    for (int i = 0; i < changes && !text.isEmpty(); i++) {
      int at = below(text.length());
      switch (below(5)) {
        case 0 -> text.setCharAt(at, (char) below(256));
        case 1 -> text.deleteCharAt(at);
        case 2 -> text.insert(at, snippets.get(below(snippets.size())));
        case 3 -> text.delete(at, Math.min(text.length(), at + below(8)));
        default -> text.insert(at, text.substring(at, Math.min(text.length(), at + below(30))));
      }
    }
    return text.toString();
  }

  /** Cuts into pieces of random length. */
  List<byte[]> split(byte[] bytes) {
    List<byte[]> pieces = new java.util.ArrayList<>();
    int longest = below(3) == 0 ? 1 : 40;
    for (int at = 0; at < bytes.length; ) {
      int end = Math.min(bytes.length, at + 1 + below(longest));
      pieces.add(java.util.Arrays.copyOfRange(bytes, at, end));
      at = end;
    }
    return pieces;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}

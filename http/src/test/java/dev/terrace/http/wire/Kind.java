package dev.terrace.http.wire;

import dev.terrace.testkit.Seeded;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The two kinds of connection: a client's, that brings requests, and a member's, with answers. */
enum Kind {
  REQUESTS,
  ANSWERS;

  /** More than Netty's limits in {@link NettyReader} together, so that ours is not the lower. */
  private static final int HEAD_MAX = 1000;

  Reading ours(List<byte[]> pieces) {
    return this == REQUESTS
        ? OurReader.requests(HEAD_MAX, pieces)
        : OurReader.answers(HEAD_MAX, pieces);
  }

  Reading ours(String text) {
    return ours(List.of(bytes(text)));
  }

  Reading nettys(String text) {
    return this == REQUESTS ? NettyReader.requests(bytes(text)) : NettyReader.answers(bytes(text));
  }

  /** Random messages of this kind. */
  String text(Seeded random) {
    HttpGrammar grammar = new HttpGrammar(random);
    return this == REQUESTS ? grammar.requests() : grammar.answers();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}

package dev.terrace.sql.plan;

import java.util.Comparator;
import java.util.List;

/** A statement's text by its tokens. */
final class SqlText {

  /** Some tokens and what takes their place. */
  record Replacement(Span span, String text) {}

  private final Lexed lexed;

  SqlText(Lexed lexed) {
    this.lexed = lexed;
  }

  /** The text of some tokens; empty if there are none. */
  String of(Span span) {
    return span.isEmpty()
        ? ""
        : lexed.text.substring(lexed.start(span.from()), lexed.end(span.to() - 1));
  }

  /** The text of some tokens with parts of it replaced, none of which overlap. */
  String of(Span span, List<Replacement> replacements) {
    if (span.isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    int at = lexed.start(span.from());
    for (Replacement one :
        replacements.stream().sorted(Comparator.comparingInt(r -> r.span().from())).toList()) {
      out.append(lexed.text, at, lexed.start(one.span().from())).append(one.text());
      at = lexed.end(one.span().to() - 1);
    }
    return out.append(lexed.text, at, lexed.end(span.to() - 1)).toString();
  }

  /** Whether two runs of tokens say the same. */
  boolean same(Span a, Span b) {
    if (a.to() - a.from() != b.to() - b.from()) {
      return false;
    }
    for (int i = 0; i < a.to() - a.from(); i++) {
      int left = a.from() + i;
      int right = b.from() + i;
      if (lexed.kind(left) != lexed.kind(right) || !lexed.value(left).equals(lexed.value(right))) {
        return false;
      }
    }
    return true;
  }

  /** Whether some tokens end in COLLATE "C" or "POSIX". */
  boolean endsInPlainCollation(Span span) {
    int last = span.to() - 1;
    return span.to() - span.from() > 2
        && lexed.kind(last) == Token.QUOTED
        && (lexed.value(last).equals("C") || lexed.value(last).equals("POSIX"))
        && lexed.kind(last - 1) == Token.WORD
        && lexed.value(last - 1).equals("collate");
  }

  /** The number that a constant is, or -1 if it is none that could be a position. */
  int position(Expr.Literal literal) {
    String source = lexed.literalSource(lexed.firstLiteral(literal.slot()));
    return literal.number() && source.matches("\\d{1,9}") ? Integer.parseInt(source) : -1;
  }
}

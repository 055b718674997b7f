package dev.terrace.sql.plan;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A place among a statement's tokens, with the questions a parser asks there. */
final class Cursor {

  /** Deeper nesting than any written statement has; keeps the parser's stack small. */
  private static final int DEPTH_MAX = 150;

  final Lexed lexed;
  private final @Nullable String[] values;
  final Spans spans = new Spans();
  private int at;
  private int depth;

  Cursor(Lexed lexed) {
    this.lexed = lexed;
    this.values = new @Nullable String[lexed.size() + 1];
  }

  int at() {
    return at;
  }

  /** Goes to a token; where there was none before, to the end. */
  void moveTo(int token) {
    at = Math.min(token, lexed.size());
  }

  Token kind() {
    return lexed.kind(at);
  }

  Token kind(int ahead) {
    return lexed.kind(at + ahead);
  }

  /** The token's text; words in lower case. */
  String value() {
    return value(0);
  }

  String value(int ahead) {
    int token = at + ahead;
    if (token >= lexed.size()) {
      return "";
    }
    String known = values[token];
    if (known == null) {
      known = lexed.value(token);
      values[token] = known;
    }
    return known;
  }

  int number() {
    return number(0);
  }

  int number(int ahead) {
    return lexed.number(at + ahead);
  }

  void next() {
    at++;
  }

  boolean atEnd() {
    return at >= lexed.size();
  }

  boolean isWord(String word) {
    return isWord(0, word);
  }

  /** Whether a name stands here, maybe in quotes. */
  boolean isName(String name) {
    return (kind() == Token.WORD || kind() == Token.QUOTED) && value().equals(name);
  }

  boolean isWord(int ahead, String word) {
    return kind(ahead) == Token.WORD && value(ahead).equals(word);
  }

  boolean isWord(Set<String> words) {
    return kind() == Token.WORD && words.contains(value());
  }

  /** Whether the next tokens are these words. */
  boolean areWords(String... words) {
    for (int i = 0; i < words.length; i++) {
      if (!isWord(i, words[i])) {
        return false;
      }
    }
    return true;
  }

  boolean isMark(String mark) {
    return isMark(0, mark);
  }

  boolean isMark(int ahead, String mark) {
    return kind(ahead) == Token.PUNCTUATION && value(ahead).equals(mark);
  }

  boolean isOperator(String operator) {
    return kind() == Token.OPERATOR && value().equals(operator);
  }

  boolean accept(String... words) {
    if (areWords(words)) {
      at += words.length;
      return true;
    }
    return false;
  }

  boolean acceptMark(String mark) {
    if (isMark(mark)) {
      at++;
      return true;
    }
    return false;
  }

  boolean acceptOperator(String operator) {
    if (isOperator(operator)) {
      at++;
      return true;
    }
    return false;
  }

  void expect(String word) throws SyntaxFailure {
    if (!accept(word)) {
      throw unexpected(word);
    }
  }

  void expectMark(String mark) throws SyntaxFailure {
    if (!acceptMark(mark)) {
      throw unexpected(mark);
    }
  }

  /** An identifier that may be used as a name here: quoted, or not reserved. */
  String name() throws SyntaxFailure {
    if (kind() == Token.QUOTED || (kind() == Token.WORD && !Keywords.RESERVED.contains(value()))) {
      String name = value();
      at++;
      return name;
    }
    throw unexpected("a name");
  }

  /** Any identifier or keyword, as after AS. */
  String label() throws SyntaxFailure {
    if (kind() == Token.QUOTED || kind() == Token.WORD) {
      String name = value();
      at++;
      return name;
    }
    throw unexpected("a name");
  }

  /** Notes that an expression began at a token and ends before this one. */
  Expr noted(Expr expression, int from) {
    spans.note(expression, from, at);
    return expression;
  }

  void enter() throws SyntaxFailure {
    if (++depth > DEPTH_MAX) {
      throw new SyntaxFailure("it is nested more than " + DEPTH_MAX + " deep");
    }
  }

  void leave() {
    depth--;
  }

  SyntaxFailure unexpected(String wanted) {
    String found = atEnd() ? "the end" : "'" + shortened(value()) + "'";
    return new SyntaxFailure(wanted + " was expected, but there is " + found);
  }

  private static String shortened(String value) {
    return value.length() > 40 ? value.substring(0, 40) + "..." : value;
  }
}

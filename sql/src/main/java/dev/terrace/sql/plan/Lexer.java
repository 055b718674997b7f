package dev.terrace.sql.plan;

import dev.terrace.sql.plan.Lexed.LiteralKind;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a statement into tokens in one pass, by the rules of PostgreSQL's scan.l with
 * standard_conforming_strings on: nested comments, dollar quotes, E'', B'', X'', N'' and U&amp;''
 * strings, strings continued after a line break, and operators as long as they may be.
 *
 * <p>What PostgreSQL would read otherwise than this does is a failure, never a guess.
 */
final class Lexer {

  /** NAMEDATALEN - 1: PostgreSQL cuts longer identifiers, so that two texts name one thing. */
  private static final int IDENTIFIER_BYTES_MAX = 63;

  private static final String OPERATOR_CHARACTERS = "+-*/<>=~!@#%^&|`?";
  private static final String MAY_END_IN_SIGN = "~!@#%^&|`?";

  /** Decimal, or hexadecimal, octal and binary as of PostgreSQL 16; 1..2 is 1 and then two dots. */
  private static final Pattern NUMBER =
      Pattern.compile(
          "0[xX][0-9a-fA-F_]++|0[oO][0-7_]++|0[bB][01_]++"
              + "|(?:[0-9][0-9_]*+(?:\\.(?!\\.)[0-9_]*+)?+|\\.[0-9][0-9_]*+)"
              + "(?:[eE][+-]?[0-9][0-9_]*+)?+");

  private final String text;
  private final Lexed out;
  private final Matcher numbers;
  private int at;

  /** The first token of an IN's list that has held constants and commas alone so far, or -1. */
  private int listStart = -1;

  private int listFingerprint;
  private int listSlot;

  private Lexer(String text) {
    this.text = text;
    this.out = new Lexed(text);
    this.numbers = NUMBER.matcher(text);
  }

  /** The tokens of a text. */
  static Lexed lex(String text) throws SyntaxFailure {
    Lexer lexer = new Lexer(text);
    lexer.run();
    return lexer.out;
  }

  private void run() throws SyntaxFailure {
    while (skipBlank()) {
      char c = text.charAt(at);
      int start = at;
      if (isIdentifierStart(c)) {
        wordOrPrefixedString(start);
      } else if (c == '\'') {
        string(LiteralKind.PLAIN_STRING, start);
      } else if (c == '"') {
        quotedIdentifier();
      } else if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
        number();
      } else if (c == '$') {
        dollar();
      } else if (OPERATOR_CHARACTERS.indexOf(c) >= 0) {
        operator();
      } else {
        punctuation(c);
      }
    }
  }

  /** Skips white space and comments; false at the end. */
  private boolean skipBlank() throws SyntaxFailure {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (isSpace(c)) {
        at++;
      } else if (c == '-' && peek(1) == '-') {
        skipLine();
      } else if (c == '/' && peek(1) == '*') {
        blockComment();
      } else {
        return true;
      }
    }
    return false;
  }

  private void skipLine() {
    while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
      at++;
    }
  }

  private void blockComment() throws SyntaxFailure {
    int start = at;
    int depth = 0;
    do {
      if (at >= text.length()) {
        throw new SyntaxFailure("a comment has no end");
      }
      if (text.charAt(at) == '/' && peek(1) == '*') {
        depth++;
        at += 2;
      } else if (text.charAt(at) == '*' && peek(1) == '/') {
        depth--;
        at += 2;
      } else {
        at++;
      }
    } while (depth > 0);
    out.hint = out.hint.with(text.substring(start + 2, at - 2));
  }

  private void wordOrPrefixedString(int start) throws SyntaxFailure {
    char c = text.charAt(at);
    if (peek(1) == '\'' && "eEbBxXnN".indexOf(c) >= 0) {
      at++;
      string(c == 'e' || c == 'E' ? LiteralKind.ESCAPE_STRING : LiteralKind.OPAQUE, start);
      return;
    }
    if ((c == 'u' || c == 'U') && peek(1) == '&' && (peek(2) == '\'' || peek(2) == '"')) {
      if (peek(2) == '"') {
        throw new SyntaxFailure("identifiers of the form U&\"\" are not read");
      }
      at += 2;
      string(LiteralKind.OPAQUE, start);
      return;
    }
    while (at < text.length() && isIdentifierPart(text.charAt(at))) {
      at++;
    }
    requireShort(start, at);
    addToken(Token.WORD, start, 0);
    out.fingerprint.append(' ');
    for (int i = start; i < at; i++) {
      char part = text.charAt(i);
      out.fingerprint.append(part >= 'A' && part <= 'Z' ? (char) (part + 32) : part);
    }
  }

  private void requireShort(int start, int end) throws SyntaxFailure {
    int length = end - start;
    if (length * 3 > IDENTIFIER_BYTES_MAX
        && text.substring(start, end).getBytes(StandardCharsets.UTF_8).length
            > IDENTIFIER_BYTES_MAX) {
      throw new SyntaxFailure("an identifier is longer than 63 bytes");
    }
  }

  private void quotedIdentifier() throws SyntaxFailure {
    int start = at;
    at++;
    closing('"', false);
    requireShort(start + 1, at - 1);
    if (at - start == 2) {
      throw new SyntaxFailure("an identifier is empty");
    }
    addToken(Token.QUOTED, start, 0);
    out.fingerprint.append(' ').append(text, start, at);
  }

  /** Goes behind the closing quote; doubled quotes are part of the content. */
  private void closing(char quote, boolean backslash) throws SyntaxFailure {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (backslash && c == '\\') {
        at += 2;
      } else if (c != quote) {
        at++;
      } else if (peek(1) == quote) {
        at += 2;
      } else {
        at++;
        return;
      }
    }
    throw new SyntaxFailure("a quote is not closed");
  }

  /** A string whose opening quote is at {@code at}; its token begins at {@code start}. */
  private void string(LiteralKind kind, int start) throws SyntaxFailure {
    int content = at + 1;
    at++;
    closing('\'', kind == LiteralKind.ESCAPE_STRING);
    int end = at - 1;
    LiteralKind found = kind;
    while (continues()) {
      found = LiteralKind.OPAQUE;
      at++;
      closing('\'', kind == LiteralKind.ESCAPE_STRING);
    }
    literal(found, start, content, end);
  }

  /** Whether the string goes on after a line break; if so, {@code at} is its next quote. */
  private boolean continues() throws SyntaxFailure {
    int i = at;
    boolean newLine = false;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (isSpace(c)) {
        newLine |= c == '\n' || c == '\r';
        i++;
      } else if (c == '-' && i + 1 < text.length() && text.charAt(i + 1) == '-') {
        while (i < text.length() && text.charAt(i) != '\n' && text.charAt(i) != '\r') {
          i++;
        }
      } else {
        break;
      }
    }
    if (i >= text.length() || text.charAt(i) != '\'') {
      return false;
    }
    if (!newLine) {
      throw new SyntaxFailure("two strings in a row");
    }
    at = i;
    return true;
  }

  private void dollar() throws SyntaxFailure {
    int start = at;
    if (isDigit(peek(1))) {
      parameter(start);
      return;
    }
    int tagEnd = at + 1;
    while (tagEnd < text.length()
        && isIdentifierPart(text.charAt(tagEnd))
        && text.charAt(tagEnd) != '$') {
      tagEnd++;
    }
    if (tagEnd >= text.length() || text.charAt(tagEnd) != '$') {
      throw new SyntaxFailure("a $ stands alone");
    }
    String tag = text.substring(start, tagEnd + 1);
    int end = text.indexOf(tag, tagEnd + 1);
    if (end < 0) {
      throw new SyntaxFailure("a dollar quote is not closed");
    }
    at = end + tag.length();
    literal(LiteralKind.DOLLAR_STRING, start, tagEnd + 1, end);
  }

  private void parameter(int start) throws SyntaxFailure {
    at++;
    int number = 0;
    while (at < text.length() && isDigit(text.charAt(at))) {
      number = number * 10 + (text.charAt(at) - '0');
      if (number > 65535) {
        throw new SyntaxFailure("there are at most 65535 parameters");
      }
      at++;
    }
    requireNoJunk();
    out.parameterCount = Math.max(out.parameterCount, number);
    addToken(Token.PARAMETER, start, number);
    out.fingerprint.append(" $").append(number);
  }

  private void number() throws SyntaxFailure {
    int start = at;
    numbers.region(at, text.length());
    if (!numbers.lookingAt()) {
      throw new SyntaxFailure("a number that cannot be read");
    }
    at = numbers.end();
    requireNoJunk();
    literal(LiteralKind.NUMBER, start, start, at);
  }

  private void requireNoJunk() throws SyntaxFailure {
    if (at < text.length() && isIdentifierStart(text.charAt(at))) {
      throw new SyntaxFailure("letters right after a number or parameter");
    }
  }

  private void operator() {
    int start = at;
    while (at < text.length() && OPERATOR_CHARACTERS.indexOf(text.charAt(at)) >= 0) {
      if (at > start
          && ((text.charAt(at) == '-' && peek(1) == '-')
              || (text.charAt(at) == '/' && peek(1) == '*'))) {
        break;
      }
      at++;
    }
    while (at - start > 1 && endsInSign(at) && !maySignEnd(start, at)) {
      at--;
    }
    addToken(Token.OPERATOR, start, 0);
    out.fingerprint.append(' ').append(text, start, at);
  }

  private boolean endsInSign(int end) {
    char last = text.charAt(end - 1);
    return last == '+' || last == '-';
  }

  private boolean maySignEnd(int start, int end) {
    for (int i = start; i < end; i++) {
      if (MAY_END_IN_SIGN.indexOf(text.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }

  private void punctuation(char c) throws SyntaxFailure {
    int start = at;
    if ("()[],;:.".indexOf(c) < 0) {
      throw new SyntaxFailure("the character '" + c + "' has no place here");
    }
    if (c == ';') {
      out.noteSemicolon();
    }
    if (c == ')'
        && listStart >= 0
        && out.size() - listStart >= 3
        && out.size() % 2 != listStart % 2) {
      out.collapse(listStart, listSlot);
      out.fingerprint.setLength(listFingerprint);
      out.fingerprint.append('\3');
    }
    at += c == ':' && (peek(1) == ':' || peek(1) == '=') ? 2 : 1;
    addToken(Token.PUNCTUATION, start, 0);
    out.fingerprint.append(' ').append(text, start, at);
    if (c == '(' && out.size() > 1 && isIn(out.size() - 2)) {
      listStart = out.size();
      listFingerprint = out.fingerprint.length();
      listSlot = out.slots();
    }
  }

  private boolean isIn(int token) {
    return out.kind(token) == Token.WORD
        && out.end(token) - out.start(token) == 2
        && text.regionMatches(true, out.start(token), "in", 0, 2);
  }

  private void literal(LiteralKind kind, int start, int contentStart, int contentEnd) {
    int number = out.addLiteral(kind, contentStart, contentEnd);
    addToken(Token.LITERAL, start, number);
    out.fingerprint.append(kind == LiteralKind.NUMBER ? '\1' : '\2');
  }

  private void addToken(Token kind, int start, int number) {
    if (listStart >= 0) {
      boolean constantNext = (out.size() - listStart) % 2 == 0;
      boolean fits =
          constantNext
              ? kind == Token.LITERAL
              : kind == Token.PUNCTUATION && text.charAt(start) == ',';
      listStart = fits ? listStart : -1;
    }
    out.add(kind, start, at, number);
  }

  private char peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : '\0';
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isIdentifierStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }

  private static boolean isIdentifierPart(char c) {
    return isIdentifierStart(c) || isDigit(c) || c == '$';
  }
}

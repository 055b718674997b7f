package dev.terrace.sql.plan;

import dev.terrace.sql.plan.CopyFormat.Kind;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of COPY, in parentheses or as they were written before PostgreSQL 9. What PostgreSQL
 * refuses need not be understood: the servers refuse it before they take a row.
 */
final class CopyOptions {

  /** By these a server reads a row in another way than is known here. */
  private static final Set<String> REFUSED =
      Set.of("on_error", "default", "force_not_null", "force_null", "reject_limit");

  private static final Set<String> UTF8 = Set.of("utf8", "utf-8", "unicode");

  private final Cursor at;
  private final Map<String, String> values = new HashMap<>();

  private CopyOptions(Cursor at) {
    this.at = at;
  }

  /** Reads the options that begin at a place. */
  static CopyOptions read(Cursor at) throws SyntaxFailure {
    CopyOptions options = new CopyOptions(at);
    at.accept("with");
    if (at.acceptMark("(")) {
      options.inParentheses();
    } else {
      options.old();
    }
    return options;
  }

  private void inParentheses() throws SyntaxFailure {
    while (!at.acceptMark(")")) {
      String name = at.label();
      values.put(name, at.isMark(",") || at.isMark(")") ? "true" : value());
      int depth = 0;
      // A list of columns.
      while (depth > 0 || !(at.isMark(",") || at.isMark(")"))) {
        if (at.atEnd()) {
          throw at.unexpected(")");
        }
        depth += at.isMark("(") ? 1 : at.isMark(")") ? -1 : 0;
        at.next();
      }
      at.acceptMark(",");
    }
  }

  private void old() throws SyntaxFailure {
    while (!at.atEnd() && !at.isWord("where") && !at.isMark(";")) {
      String name = at.label();
      switch (name) {
        case "binary", "csv" -> values.put("format", name);
        case "header", "freeze" -> values.put(name, "true");
        case "force" -> values.put(at.isWord("quote") ? "force_quote" : "force_null", "true");
        case "delimiter", "delimiters", "null", "quote", "escape", "encoding" -> {
          at.accept("as");
          values.put(name.equals("delimiters") ? "delimiter" : name, value());
        }
        default -> {
          // A part of a longer option.
        }
      }
      while (at.isMark(",") || at.isOperator("*")) {
        at.next();
      }
    }
  }

  private String value() throws SyntaxFailure {
    if (at.kind() == Token.LITERAL) {
      int literal = at.lexed.firstLiteral(at.number());
      Optional<String> value = Literals.value(at.lexed, literal);
      if (value.isEmpty()) {
        throw at.unexpected("a plain string");
      }
      at.next();
      return value.get();
    }
    return at.isMark("(") || at.isOperator("*") ? "" : at.label();
  }

  /** Why rows cannot be told apart with these options; null if they can. */
  @Nullable String obstacle() {
    for (String name : REFUSED) {
      if (values.containsKey(name) && !values.getOrDefault(name, "").equals("stop")) {
        return name.toUpperCase(Locale.ROOT);
      }
    }
    String encoding = values.getOrDefault("encoding", "utf8").toLowerCase(Locale.ROOT);
    return UTF8.contains(encoding) ? null : "ENCODING other than UTF8";
  }

  boolean isHeader() {
    String header = values.getOrDefault("header", "false").toLowerCase(Locale.ROOT);
    return !Set.of("false", "off", "0").contains(header);
  }

  CopyFormat format() {
    Kind kind =
        switch (values.getOrDefault("format", "text").toLowerCase(Locale.ROOT)) {
          case "csv" -> Kind.CSV;
          case "binary" -> Kind.BINARY;
          default -> Kind.TEXT;
        };
    CopyFormat plain = CopyFormat.of(kind);
    byte quote = one("quote", plain.quote());
    return new CopyFormat(
        kind,
        one("delimiter", plain.delimiter()),
        values.getOrDefault("null", plain.nullText()),
        quote,
        one("escape", quote),
        isHeader());
  }

  private byte one(String name, byte usual) {
    byte[] value = values.getOrDefault(name, "").getBytes(StandardCharsets.UTF_8);
    return value.length == 1 ? value[0] : usual;
  }
}

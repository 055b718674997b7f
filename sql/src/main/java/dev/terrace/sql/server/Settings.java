package dev.terrace.sql.server;

import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a session has set, as the statements that set it, in order. A server connection has the
 * settings of the session that used it last; where they differ from those of the next, they are
 * replaced before it gets the connection. Their order counts, for some overlap. Immutable.
 */
public final class Settings {

  /** A server connection as it starts. */
  public static final Settings NONE = new Settings(new LinkedHashMap<>());

  /** Of SET client_encoding, SET NAMES, or set_config: the last word but true, false. */
  private static final Pattern ENCODING =
      Pattern.compile("(?is).*(?:client_encoding\\W+(?:TO\\b)?|\\bNAMES\\b)\\W*([\\w-]+).*");

  private static final String DATE_STYLE = "datestyle";

  /** The order of its fields, which may be set while the format stays as it was, or stay. */
  private static final String DATE_STYLE_ORDER = "datestyle order";

  private static final Pattern DATE_FORMAT =
      Pattern.compile("(?i)\\b(ISO|SQL|POSTGRES\\w*|GERMAN|DEFAULT)\\b");

  private static final Pattern DATE_ORDER =
      Pattern.compile("(?i)\\b(YMD|DMY|MDY|EURO\\w*|US|NONEURO\\w*|GERMAN|DEFAULT)\\b");

  /** Statements that set several defaults of transactions at once. */
  private static final Predicate<String> CHARACTERISTICS =
      Pattern.compile("set\\s+session\\s+characteristics\\b.*", Pattern.DOTALL).asMatchPredicate();

  private final Map<String, String> statements;
  private final int hash;

  private Settings(Map<String, String> statements) {
    this.statements = statements;
    this.hash = statements.hashCode();
  }

  /** These settings and one more, which comes last. */
  public Settings with(String name, String statement) {
    Map<String, String> next = new LinkedHashMap<>(statements);
    if (name.equals(DATE_STYLE)) {
      boolean orders = DATE_ORDER.matcher(statement).find();
      boolean formats = DATE_FORMAT.matcher(statement).find();
      if (orders && formats) {
        put(next, DATE_STYLE_ORDER, statement);
      } else if (orders) {
        return with(DATE_STYLE_ORDER, statement);
      }
    }
    put(next, name, statement);
    return new Settings(next);
  }

  private static void put(Map<String, String> statements, String name, String statement) {
    statements.remove(name);
    statements.put(name, statement);
  }

  /** These settings without one, which then has the value of {@code initial} again, if any. */
  public Settings reset(String name, Settings initial) {
    Map<String, String> next = new LinkedHashMap<>(statements);
    List<String> parts =
        name.equals(DATE_STYLE) ? List.of(DATE_STYLE_ORDER, DATE_STYLE) : List.of(name);
    for (String part : parts) {
      next.remove(part);
      String first = initial.statements.get(part);
      if (first != null) {
        next.put(part, first);
      }
    }
    boolean ofTransactions = name.startsWith("default_transaction_") && !next.containsKey(name);
    if (ofTransactions && next.keySet().stream().anyMatch(CHARACTERISTICS)) {
      next.put(name, "RESET " + name);
    }
    return new Settings(next);
  }

  /** The statements that make them, in their order. */
  public Collection<String> statements() {
    return Collections.unmodifiableCollection(statements.values());
  }

  /** The statement that makes one of them; empty if none does. */
  public String statement(String name) {
    return statements.getOrDefault(name, "");
  }

  /** The encoding of texts that they make. */
  public ClientEncoding encoding() {
    String statement = statement("client_encoding");
    if (statement.isEmpty()) {
      return ClientEncoding.UTF8;
    }
    Matcher value = ENCODING.matcher(statement);
    return value.matches() ? ClientEncoding.of(value.group(1)) : ClientEncoding.UTF8;
  }

  /** The query that gives a server connection these settings, whatever it had. */
  public String sql() {
    return statements.isEmpty()
        ? "RESET ALL"
        : "RESET ALL;" + String.join(";", statements.values());
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Settings that
            && hash == that.hash
            && statements.equals(that.statements)
            && isInOrderOf(that));
  }

  private boolean isInOrderOf(Settings that) {
    Iterator<String> others = that.statements.keySet().iterator();
    for (String name : statements.keySet()) {
      if (!name.equals(others.next())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }
}

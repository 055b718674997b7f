package dev.terrace.sql.server;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a session has set, as the statements that set it, in order. A server connection has the
 * settings of the session that used it last; where they differ from those of the next, they are
 * replaced before it gets the connection. Immutable.
 */
public final class Settings {

  /** A server connection as it starts. */
  public static final Settings NONE = new Settings(new LinkedHashMap<>());

  /** Of SET client_encoding, SET NAMES, or set_config: the last word but true, false. */
  private static final Pattern ENCODING =
      Pattern.compile("(?is).*(?:client_encoding\\W+(?:TO\\b)?|\\bNAMES\\b)\\W*([\\w-]+).*");

  private final Map<String, String> statements;
  private final int hash;

  private Settings(Map<String, String> statements) {
    this.statements = statements;
    this.hash = statements.hashCode();
  }

  /** These settings and one more, which comes last. */
  public Settings with(String name, String statement) {
    Map<String, String> next = new LinkedHashMap<>(statements);
    next.remove(name);
    next.put(name, statement);
    return new Settings(next);
  }

  /** These settings without one, which then has the value of {@code initial} again, if any. */
  public Settings reset(String name, Settings initial) {
    String first = initial.statements.get(name);
    if (first != null) {
      return with(name, first);
    }
    Map<String, String> next = new LinkedHashMap<>(statements);
    next.remove(name);
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
            && statements.equals(that.statements));
  }

  @Override
  public int hashCode() {
    return hash;
  }
}

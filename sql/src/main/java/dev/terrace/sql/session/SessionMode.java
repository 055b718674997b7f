package dev.terrace.sql.session;

import dev.terrace.sql.server.ClientEncoding;
import dev.terrace.sql.server.Settings;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How transactions of a session begin, by the settings that it made.
 *
 * @param readOnly as READ ONLY, unless they say otherwise
 * @param serializable as SERIALIZABLE, which no replica can do
 * @param isolated by one snapshot for all their statements
 * @param choosesIsolation whether they name an isolation level, be it the usual one
 * @param encoding of the client's texts
 */
record SessionMode(
    boolean readOnly,
    boolean serializable,
    boolean isolated,
    boolean choosesIsolation,
    ClientEncoding encoding) {

  static final SessionMode PLAIN = new SessionMode(false, false, false, false, ClientEncoding.UTF8);

  private static final Pattern ON =
      Pattern.compile("DEFAULT_TRANSACTION_READ_ONLY\\W+(ON|TRUE|YES|1|T|Y)\\b");

  static SessionMode of(Settings settings) {
    boolean readOnly = false;
    boolean serializable = false;
    boolean isolated = false;
    boolean choosesIsolation = false;
    for (String statement : settings.statements()) {
      String sql = statement.toUpperCase(Locale.ROOT);
      boolean chooses = sql.contains("ISOLATION");
      choosesIsolation |= chooses;
      if (sql.contains("DEFAULT_TRANSACTION_READ_ONLY")) {
        readOnly = ON.matcher(sql).find();
      } else if (sql.contains("DEFAULT_TRANSACTION_ISOLATION")) {
        serializable = sql.contains("SERIALIZABLE");
        isolated = isolates(sql);
      } else if (sql.contains("CHARACTERISTICS")) {
        readOnly = sql.contains("READ ONLY") || (readOnly && !sql.contains("READ WRITE"));
        serializable = chooses ? sql.contains("SERIALIZABLE") : serializable;
        isolated = chooses ? isolates(sql) : isolated;
      }
    }
    return new SessionMode(readOnly, serializable, isolated, choosesIsolation, settings.encoding());
  }

  private static boolean isolates(String sql) {
    return sql.contains("SERIALIZABLE") || sql.contains("REPEATABLE");
  }
}

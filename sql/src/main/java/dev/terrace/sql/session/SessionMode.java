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
 * @param encoding of the client's texts
 */
record SessionMode(
    boolean readOnly, boolean serializable, boolean isolated, ClientEncoding encoding) {

  static final SessionMode PLAIN = new SessionMode(false, false, false, ClientEncoding.UTF8);

  private static final Pattern ON =
      Pattern.compile("DEFAULT_TRANSACTION_READ_ONLY\\W+(ON|TRUE|YES|1|T|Y)\\b");

  static SessionMode of(Settings settings) {
    ClientEncoding encoding = settings.encoding();
    SessionMode mode = new SessionMode(false, false, false, encoding);
    for (String statement : settings.statements()) {
      String sql = statement.toUpperCase(Locale.ROOT);
      if (sql.contains("DEFAULT_TRANSACTION_READ_ONLY")) {
        mode = new SessionMode(ON.matcher(sql).find(), mode.serializable, mode.isolated, encoding);
      } else if (sql.contains("DEFAULT_TRANSACTION_ISOLATION")) {
        mode =
            new SessionMode(mode.readOnly, sql.contains("SERIALIZABLE"), isolates(sql), encoding);
      } else if (sql.contains("CHARACTERISTICS")) {
        boolean isolates = sql.contains("ISOLATION");
        mode =
            new SessionMode(
                sql.contains("READ ONLY") || (mode.readOnly && !sql.contains("READ WRITE")),
                isolates ? sql.contains("SERIALIZABLE") : mode.serializable,
                isolates ? isolates(sql) : mode.isolated,
                encoding);
      }
    }
    return mode;
  }

  private static boolean isolates(String sql) {
    return sql.contains("SERIALIZABLE") || sql.contains("REPEATABLE");
  }
}

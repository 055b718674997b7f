package dev.terrace.sql.session;

import dev.terrace.core.freshness.ReadAfter;
import dev.terrace.sql.plan.Quoted;
import dev.terrace.sql.server.ClientEncoding;
import dev.terrace.sql.server.Settings;
import dev.terrace.sql.wire.SqlError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The settings that a client asks for when it connects, as statements. */
final class StartupSettings {

  private Settings settings = Settings.NONE;
  private Optional<SqlError> error = Optional.empty();
  private ReadAfter after = ReadAfter.NONE;

  private final int shards;

  private StartupSettings(int shards) {
    this.shards = shards;
  }

  /** Those of a client of a store with so many shards. */
  static StartupSettings read(Map<String, String> parameters, int shards) {
    StartupSettings read = new StartupSettings(shards);
    parameters.forEach((name, value) -> {
      switch (name) {
        case "user", "database" -> {
          // These say who and where, not how.
        }
        case "replication" -> {
          if (!value.equalsIgnoreCase("false") && !value.equals("0") && !value.equals("off")) {
            read.refuse("0A000", "replication connections are not supported");
          }
        }
        case "options" -> read.options(value);
        default -> {
          if (!name.startsWith("_pq_.")) {
            read.add(name, value);
          }
        }
      }
    });
    return read;
  }

  Settings settings() {
    return settings;
  }

  /** What the session is to read after. */
  ReadAfter after() {
    return after;
  }

  Optional<SqlError> error() {
    return error;
  }

  private void refuse(String sqlState, String message) {
    if (error.isEmpty()) {
      error = Optional.of(SqlError.fatal(sqlState, message));
    }
  }

  private void add(String name, String value) {
    switch (name.toLowerCase(Locale.ROOT)) {
      case "client_encoding" -> {
        Optional<SqlError> refusal = ForeignText.refusal(ClientEncoding.of(value), shards);
        if (refusal.isPresent()) {
          refuse(refusal.get().sqlState(), refusal.get().message());
          return;
        }
      }
      case "standard_conforming_strings" -> {
        if (!value.equalsIgnoreCase("on")) {
          refuse("0A000", "standard_conforming_strings must be on");
        }
        return;
      }
      case AfterToken.NAME -> {
        try {
          after = ReadAfter.parse(value);
        } catch (ReadAfter.Malformed e) {
          SqlError malformed = AfterToken.malformed(e);
          refuse(malformed.sqlState(), malformed.message());
        }
        return;
      }
      case "role", "session_authorization" -> {
        refuse("0A000", name + " cannot be set at the start of a session");
        return;
      }
      default -> {
        // Any other setting: the server judges it.
      }
    }
    // Not SET, which would take "a, b" for one name and not for a list.
    String statement =
        "SELECT pg_catalog.set_config(" + Quoted.text(name) + "," + Quoted.text(value) + ",false)";
    settings = settings.with(name.toLowerCase(Locale.ROOT), statement);
  }

  /** {@code -c name=value --name=value}, words parted by blanks that no backslash precedes. */
  private void options(String text) {
    List<String> words = words(text);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      String setting = "";
      if (word.equals("-c") && i + 1 < words.size()) {
        setting = words.get(++i);
      } else if (word.startsWith("-c")) {
        setting = word.substring(2);
      } else if (word.startsWith("--")) {
        setting = word.substring(2);
      }
      int equals = setting.indexOf('=');
      if (equals < 1) {
        refuse("22023", "the option " + word + " is not supported; -c name=value is");
        return;
      }
      add(setting.substring(0, equals).replace('-', '_'), setting.substring(equals + 1));
    }
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        word.append(text.charAt(++i));
      } else if (!Character.isWhitespace(c)) {
        word.append(c);
      } else if (!word.isEmpty()) {
        words.add(word.toString());
        word.setLength(0);
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }
}

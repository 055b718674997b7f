package dev.terrace.sql.session;

import dev.terrace.sql.plan.FunctionSetting;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.StatementKind;
import dev.terrace.sql.server.ClientEncoding;
import dev.terrace.sql.server.Settings;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a SET, RESET, SHOW or DISCARD means for the session's state. */
sealed interface SettingStatement {

  /** A setting of the session: it must hold on every server that the session uses. */
  record Assign(String name, String sql) implements SettingStatement {
    Settings applyTo(Settings settings) {
      return settings.with(name, sql);
    }
  }

  /** Back to the value that the session started with. */
  record Reset(String name) implements SettingStatement {}

  /** All back to what the session started with. */
  record ResetAll() implements SettingStatement {}

  /** It ends with the transaction: SET LOCAL, SET TRANSACTION, SET CONSTRAINTS. */
  record InTransaction() implements SettingStatement {}

  /** It changes what cannot be replayed elsewhere: the session must stay on one server. */
  record Unportable() implements SettingStatement {}

  /** It seeds random(), which nothing but the end of the server connection undoes. */
  record Seed() implements SettingStatement {}

  /** It only shows. */
  record Show() implements SettingStatement {}

  /** Everything the session has. */
  record DiscardAll() implements SettingStatement {}

  /** DISCARD PLANS, TEMP, SEQUENCES: about the server that has them. */
  record DiscardSome() implements SettingStatement {}

  /** SET of the encoding of the client's texts. */
  record Encode(Assign assign, ClientEncoding encoding) implements SettingStatement {}

  /** SHOW of what others must read after. */
  record ShowAfter() implements SettingStatement {}

  /**
   * SET or RESET of what this session reads after, which no server knows of.
   *
   * @param token the text, empty for nothing
   */
  record SetAfter(String token) implements SettingStatement {}

  /** {@code SHOW terrace.after}. */
  Pattern SHOW_AFTER = Pattern.compile("(?is)SHOW\\s+terrace\\.after\\s*;?\\s*");

  /** {@code SET terrace.after = 'token'}. */
  Pattern SET_AFTER =
      Pattern.compile(
          "(?is)SET\\s+(?:(?:SESSION|LOCAL)\\s+)?terrace\\.after\\s*(?:=|\\bTO\\b)\\s*(.*?)\\s*;?\\s*");

  /** {@code SET [SESSION] name = value}. */
  Pattern SET =
      Pattern.compile(
          "(?is)SET\\s+(?:SESSION\\s+)?([A-Za-z_][\\w$]*(?:\\.[A-Za-z_][\\w$]*)*|\"[^\"]+\")\\s*"
              + "(?:=|\\bTO\\b)\\s*(.*)");

  /** SET with words of its own. */
  Pattern SET_WORDS =
      Pattern.compile(
          "(?is)SET\\s+(?:SESSION\\s+)?(TIME\\s+ZONE|NAMES|SCHEMA|XML\\s+OPTION)\\b\\s*(.*)");

  /** SET that ends with the transaction. */
  Pattern SET_IN_TRANSACTION = Pattern.compile("(?is)SET\\s+(LOCAL|TRANSACTION|CONSTRAINTS)\\b.*");

  /** SET SESSION CHARACTERISTICS. */
  Pattern SET_CHARACTERISTICS = Pattern.compile("(?is)SET\\s+SESSION\\s+CHARACTERISTICS\\b.*");

  /** A search_path that begins with the schema of temporary tables. */
  Pattern TEMPORARY_FIRST = Pattern.compile("(?is)[\\s'\"]*pg_temp\\b.*");

  /** RESET. */
  Pattern RESET = Pattern.compile("(?is)RESET\\s+(TIME\\s+ZONE|\"[^\"]+\"|[\\w$.]+)\\s*");

  /** Reads a statement of that kind, comments in front of it included. */
  static SettingStatement read(String command, String text) {
    String sql = fromWord(command, text);
    return switch (command) {
      case "SHOW" -> SHOW_AFTER.matcher(sql).matches() ? new ShowAfter() : new Show();
      case "DISCARD" ->
          sql.toUpperCase(Locale.ROOT).matches("(?s)DISCARD\\s+ALL\\s*")
              ? new DiscardAll()
              : new DiscardSome();
      case "RESET" -> reset(sql);
      case "SET" -> set(sql);
      default -> new Unportable();
    };
  }

  private static String fromWord(String command, String text) {
    int at = text.toUpperCase(Locale.ROOT).indexOf(command);
    return at < 0 ? text.strip() : text.substring(at).strip();
  }

  private static SettingStatement reset(String sql) {
    Matcher reset = RESET.matcher(sql);
    if (!reset.matches()) {
      return new Unportable();
    }
    String name = plain(reset.group(1));
    return switch (name) {
      case "all" -> new ResetAll();
      case "role" -> new Unportable();
      case AfterToken.NAME -> new SetAfter("");
      default -> new Reset(name.startsWith("time") ? "timezone" : name);
    };
  }

  private static SettingStatement set(String sql) {
    if (SET_CHARACTERISTICS.matcher(sql).matches()) {
      return new Assign(sql.toLowerCase(Locale.ROOT), sql);
    }
    Matcher after = SET_AFTER.matcher(sql);
    if (after.matches()) {
      String value = after.group(1);
      return new SetAfter(value.equalsIgnoreCase("DEFAULT") ? "" : value.replace("'", ""));
    }
    if (SET_IN_TRANSACTION.matcher(sql).matches()) {
      return new InTransaction();
    }
    Matcher words = SET_WORDS.matcher(sql);
    if (words.matches()) {
      return switch (plain(words.group(1)).charAt(0)) {
        case 't' -> assign("timezone", words.group(2), sql);
        case 'n' -> encoding(words.group(2), sql);
        case 's' -> assign("search_path", words.group(2), sql);
        default -> assign("xmloption", words.group(2), sql);
      };
    }
    Matcher set = SET.matcher(sql);
    if (!set.matches()) {
      return new Unportable();
    }
    String name = plain(set.group(1));
    return named(name, set.group(2), sql);
  }

  private static SettingStatement named(String name, String value, String sql) {
    return switch (name) {
      case "role", "session_authorization" -> new Unportable();
      case "seed" -> new Seed();
      case "client_encoding" -> encoding(value, sql);
      default -> assign(name, value, sql);
    };
  }

  /**
   * What set_config means for the session's state, but for settings that end with a transaction.
   */
  static SettingStatement of(FunctionSetting setting) {
    String name = setting.name().toLowerCase(Locale.ROOT);
    return switch (name) {
      case AfterToken.NAME, "standard_conforming_strings" -> new Unportable();
      case "client_encoding" -> encoding(setting.value(), setting.sql());
      case "role", "session_authorization", "seed" -> named(name, "", "");
      default -> unlessTemporary(new Assign(name, setting.sql()), setting.value());
    };
  }

  /** What is created where temporary tables come first is one, whatever its statement says. */
  private static SettingStatement unlessTemporary(Assign assign, String path) {
    return assign.name().equals("search_path") && TEMPORARY_FIRST.matcher(path).matches()
        ? new Unportable()
        : assign;
  }

  private static SettingStatement assign(String name, String value, String sql) {
    String word = value.strip().toUpperCase(Locale.ROOT);
    boolean reset = word.equals("DEFAULT") || (name.equals("timezone") && word.equals("LOCAL"));
    return reset ? new Reset(name) : unlessTemporary(new Assign(name, sql), value);
  }

  private static SettingStatement encoding(String value, String sql) {
    SettingStatement setting = assign("client_encoding", value, sql);
    return setting instanceof Assign assign
        ? new Encode(assign, ClientEncoding.of(plain(value)))
        : setting;
  }

  /** Whether a statement shows what others must read after. */
  static boolean showsAfter(Plan plan) {
    return plan.kind() == StatementKind.SESSION
        && plan.command().equals("SHOW")
        && read("SHOW", plan.bare()) instanceof ShowAfter;
  }

  private static String plain(String name) {
    return name.startsWith("\"")
        ? name.substring(1, name.length() - 1).toLowerCase(Locale.ROOT)
        : name.toLowerCase(Locale.ROOT);
  }
}

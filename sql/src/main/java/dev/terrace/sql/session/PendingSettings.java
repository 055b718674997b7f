package dev.terrace.sql.session;

import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The settings made in a transaction, which count from its commit on, and its savepoints. */
final class PendingSettings {

  private record Savepoint(String name, int settings) {}

  private static final int SAVEPOINTS_MAX = 1000;

  /** The name that a statement ends with. */
  private static final Pattern LAST_WORD =
      Pattern.compile("(\"(?:[^\"]|\"\")+\"|[^\\s;\"]+)[\\s;]*$");

  private final List<SettingStatement> made = new ArrayList<>();
  private final List<Savepoint> savepoints = new ArrayList<>();

  void add(SettingStatement change) {
    made.add(change);
  }

  /** Whether there are any. */
  boolean isEmpty() {
    return made.isEmpty();
  }

  /** They are rolled back. */
  void discard() {
    made.clear();
  }

  void clear() {
    made.clear();
    savepoints.clear();
  }

  /** Whether RELEASE or ROLLBACK TO names a savepoint that there is not. */
  boolean lacksSavepoint(String sql) {
    String name = lastWord(sql);
    return savepoints.stream().noneMatch(savepoint -> savepoint.name().equals(name));
  }

  private static String lastWord(String sql) {
    Matcher last = LAST_WORD.matcher(sql);
    String word = last.find() ? last.group(1) : "";
    return word.startsWith("\"")
        ? word.substring(1, word.length() - 1)
        : word.toLowerCase(Locale.ROOT);
  }

  /** SAVEPOINT, RELEASE or ROLLBACK TO has succeeded. */
  void savepoint(String command, String sql) {
    String name = lastWord(sql);
    if (command.equals("SAVEPOINT")) {
      if (savepoints.size() < SAVEPOINTS_MAX) {
        savepoints.add(new Savepoint(name, made.size()));
      }
      return;
    }
    boolean back = command.equals("ROLLBACK");
    for (int i = savepoints.size() - 1; i >= 0; i--) {
      Savepoint savepoint = savepoints.get(i);
      if (savepoint.name().equals(name)) {
        if (back) {
          made.subList(Math.min(savepoint.settings(), made.size()), made.size()).clear();
        }
        savepoints.subList(back ? i + 1 : i, savepoints.size()).clear();
        return;
      }
    }
  }

  /** Applies them, now that they count, to the session and where they were made. */
  Settings commit(Settings settings, Settings initial, List<ServerConnection> madeAt) {
    madeAt.forEach(server -> server.settings(applyTo(server.settings(), Settings.NONE)));
    Settings next = applyTo(settings, initial);
    made.clear();
    return next;
  }

  private Settings applyTo(Settings settings, Settings initial) {
    Settings next = settings;
    for (SettingStatement change : made) {
      next =
          switch (change) {
            case SettingStatement.Assign assign -> assign.applyTo(next);
            case SettingStatement.Reset(String name) -> next.reset(name, initial);
            case SettingStatement.ResetAll() -> initial;
            default -> throw new IllegalStateException("not a setting that lasts: " + change);
          };
    }
    return next;
  }
}

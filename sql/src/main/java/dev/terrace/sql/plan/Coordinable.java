package dev.terrace.sql.plan;

import dev.terrace.sql.plan.Functions.Nature;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a coordinator would give a read the answer that one server with all rows would give. It
 * has the store's tables and nothing else: not the user's functions, not the shards' catalogue, and
 * of rows not what only the server that stores them knows.
 */
final class Coordinable {

  /** What depends on the moment and the session alone, which are the coordinator's too. */
  static final Set<String> TIMES =
      Set.of(
          "now",
          "current_timestamp",
          "current_date",
          "current_time",
          "localtime",
          "localtimestamp",
          "transaction_timestamp",
          "statement_timestamp",
          "clock_timestamp",
          "timeofday",
          "age",
          "current_user",
          "session_user",
          "user",
          "current_role");

  private static final Set<String> OF_STORAGE =
      Set.of("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "tablesample");

  private static final Set<String> OF_THE_CATALOGUE =
      Set.of(
          "regclass",
          "regtype",
          "regproc",
          "regprocedure",
          "regoper",
          "regoperator",
          "regrole",
          "regnamespace",
          "regcollation");

  private Coordinable() {}

  /** Why not; empty if it would. */
  static Optional<String> obstacle(Findings findings, Lexed lexed) {
    if (findings.catalog) {
      return Optional.of("reads the catalogue, which is another there");
    }
    if (findings.serverFunction != null) {
      return Optional.of("calls " + findings.serverFunction + ", which differs there");
    }
    for (Nature nature : List.of(Nature.VOLATILE, Nature.STATE, Nature.READER)) {
      String name = findings.functions.get(nature);
      if (name != null) {
        return Optional.of("calls " + name);
      }
    }
    return words(lexed);
  }

  private static Optional<String> words(Lexed lexed) {
    String before = "";
    for (int i = 0; i < lexed.size(); i++) {
      boolean named = lexed.kind(i) == Token.WORD || lexed.kind(i) == Token.QUOTED;
      String word = named ? lexed.value(i) : "";
      if (OF_STORAGE.contains(word)) {
        return Optional.of("uses " + word + ", which the shards do not give away");
      }
      if (OF_THE_CATALOGUE.contains(word)) {
        return Optional.of("uses " + word + ", of a catalogue that is another there");
      }
      if (word.equals("only") && !before.equals("row") && !before.equals("rows")) {
        return Optional.of("says ONLY, which leaves partitions out");
      }
      before = word;
    }
    return Optional.empty();
  }
}

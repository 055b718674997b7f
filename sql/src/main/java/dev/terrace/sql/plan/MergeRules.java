package dev.terrace.sql.plan;

import dev.terrace.sql.plan.Functions.Nature;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is known of MERGE, which is not parsed. */
final class MergeRules {

  /** Words that stand before a parenthesis and are no functions. */
  private static final Set<String> NO_FUNCTIONS =
      Set.of(
          "all",
          "and",
          "any",
          "array",
          "as",
          "between",
          "case",
          "cast",
          "coalesce",
          "distinct",
          "else",
          "exists",
          "filter",
          "from",
          "greatest",
          "in",
          "insert",
          "join",
          "least",
          "not",
          "nullif",
          "numeric",
          "on",
          "or",
          "over",
          "returning",
          "row",
          "select",
          "set",
          "some",
          "then",
          "using",
          "values",
          "varchar",
          "when",
          "where",
          "with");

  private MergeRules() {}

  /** What it leaves behind, by what may be calls of functions in it. */
  static Residue residue(Cursor at, Places places) {
    for (int i = 1; at.kind(i) != Token.END; i++) {
      boolean named = at.kind(i) == Token.WORD || at.kind(i) == Token.QUOTED;
      // The columns of an alias follow its name.
      boolean alias = at.isWord(i - 1, "as") || at.isMark(i - 1, ")");
      boolean calls = named && at.isMark(i + 1, "(") && !alias;
      if (calls && !NO_FUNCTIONS.contains(at.value(i)) && leaves(at, i, places)) {
        return Residue.UNKNOWN;
      }
    }
    return Residue.NOTHING;
  }

  private static boolean leaves(Cursor at, int name, Places places) {
    if (at.isMark(name - 1, ".")) {
      return true;
    }
    Optional<Nature> nature = places.nature(List.of(at.value(name)));
    return nature.filter(known -> known != Nature.STATE).isEmpty();
  }
}

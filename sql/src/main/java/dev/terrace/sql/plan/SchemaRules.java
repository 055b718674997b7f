package dev.terrace.sql.plan;

import java.util.Set;

/** The rules for statements that change the schema: they go to every shard, or not at all. */
final class SchemaRules {

  private static final Set<String> TEMPORARY = Set.of("temp", "temporary");

  private final Cursor at;
  private final boolean oneShard;

  SchemaRules(Cursor at, boolean oneShard) {
    this.at = at;
    this.oneShard = oneShard;
  }

  Statement statement(String command) {
    boolean temporary = command.equals("CREATE") && isTemporary();
    Routing routing;
    if (oneShard) {
      routing = new Routing.One(0, false, "the store has one shard");
    } else if (temporary) {
      routing =
          Refusals.unsupported(
              "a temporary table is on no shard that the file knows of",
              "Use a subquery or WITH, or a table that the file names.");
    } else if (command.equals("CREATE") && fillsTable()) {
      routing =
          Refusals.unsupported(
              "CREATE TABLE AS fills a table that the file does not place",
              "Create the table, name it under tables, and fill it with INSERT.");
    } else {
      routing = new Routing.All(false, Gather.FIRST, "every shard has the same schema");
    }
    Residue residue = temporary ? Residue.HELD : fillsTable() ? Residue.UNKNOWN : Residue.NOTHING;
    return Statement.of(StatementKind.DDL, command, routing).leaving(residue);
  }

  /** CREATE [OR REPLACE] [LOCAL | GLOBAL] TEMP ..., or of something in pg_temp. */
  private boolean isTemporary() {
    for (int i = 1; at.kind(i) != Token.END; i++) {
      boolean word = at.kind(i) == Token.WORD;
      boolean says = i <= 4 && word && TEMPORARY.contains(at.value(i));
      boolean name = word || at.kind(i) == Token.QUOTED;
      if (says || (name && at.value(i).equals("pg_temp"))) {
        return true;
      }
    }
    return false;
  }

  /** CREATE TABLE ... AS a query. A view is the same on each shard; this would not be. */
  private boolean fillsTable() {
    boolean table = at.isWord(1, "table") || at.isWord(2, "table") || at.isWord(1, "materialized");
    if (!table) {
      return false;
    }
    int depth = 0;
    for (int i = 1; at.kind(i) != Token.END; i++) {
      if (at.isMark(i, "(")) {
        depth++;
      } else if (at.isMark(i, ")")) {
        depth--;
      } else if (depth == 0 && at.isWord(i, "as")) {
        return true;
      }
    }
    return false;
  }
}

package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The way of a sharded table's COPY from or to the client. Its options are constants, so they are
 * read anew for each statement.
 *
 * @param columns the statement's list of columns, empty if it has none
 * @param name the tokens of the table's name
 * @param options the token with which the options begin
 */
record CopyDecision(Place.Sharded table, List<String> columns, Span name, int options, boolean in)
    implements Decision {

  @Override
  public boolean needsText() {
    return true;
  }

  @Override
  public Routing route(KeyReader keys) {
    Lexed lexed = keys.lexed();
    Cursor at = new Cursor(lexed);
    at.moveTo(options);
    CopyOptions found;
    try {
      found = CopyOptions.read(at);
    } catch (SyntaxFailure e) {
      return Refusals.unsupported(
          "the options of COPY cannot be read: " + e.detail(), "Write them in parentheses.");
    }
    return in ? in(found, new SqlText(lexed).of(name)) : out(found);
  }

  private Routing out(CopyOptions found) {
    CopyFormat format = found.format();
    return format.kind() == CopyFormat.Kind.BINARY
        ? Refusals.unsupported(
            "COPY of " + table.table() + " over several shards in binary format is not supported",
            "Use the text format or CSV.")
        : new Routing.All(
            true, new Gather.CopyOut(format.header()), table.table() + " is on all shards");
  }

  private Routing in(CopyOptions found, String written) {
    String obstacle = found.obstacle();
    if (obstacle != null) {
      return Refusals.unsupported(
          "COPY into " + table.table() + " over several shards does not support " + obstacle,
          "Leave it out, or use INSERT.");
    }
    List<Integer> key = new ArrayList<>();
    for (String column : columns.isEmpty() ? List.<String>of() : table.columns()) {
      int at = columns.indexOf(column);
      if (at < 0) {
        return Refusals.unsupported(
            "COPY into " + table.table() + " does not set its sharding key " + column,
            "Name " + column + " in the column list.");
      }
      key.add(at);
    }
    CopyTarget target = new CopyTarget(table, written, found.format(), key);
    return new Routing.All(
        false,
        new Gather.CopyIn(Optional.of(target)),
        "each row of " + table.table() + " goes to the shard of its " + table.key());
  }
}

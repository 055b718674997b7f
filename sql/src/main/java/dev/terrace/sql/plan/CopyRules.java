package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The rules for COPY: whole tables of one place, or a query that one shard answers. */
final class CopyRules {

  private final Cursor at;
  private final Places places;
  private final Classifier classifier;

  CopyRules(Cursor at, Places places, Classifier classifier) {
    this.at = at;
    this.places = places;
    this.classifier = classifier;
  }

  Statement statement(String command) throws SyntaxFailure {
    at.next();
    if (at.isMark("(")) {
      return query(command);
    }
    boolean binary = at.accept("binary");
    int from = at.at();
    List<String> path = new ArrayList<>(List.of(at.name()));
    while (at.acceptMark(".")) {
      path.add(at.label());
    }
    Span name = new Span(from, at.at());
    List<String> columns = columns();
    boolean in = at.accept("from");
    if (!in) {
      at.next();
    }
    Place place = places.find(path);
    boolean withClient = at.isWord("stdin") || at.isWord("stdout");
    StatementKind kind =
        !withClient ? StatementKind.OTHER : in ? StatementKind.COPY_IN : StatementKind.COPY_OUT;
    boolean split = place instanceof Place.Sharded && withClient && places.shards() > 1 && !binary;
    at.next();
    Decision way =
        split && place instanceof Place.Sharded sharded
            ? new CopyDecision(sharded, columns, name, at.at(), in)
            : Decision.fixed(routing(place, in, withClient));
    return Statement.of(kind, command, List.of(place.table()), !in && withClient, way)
        .with(Effects.writing(in ? Set.of(place.table()) : Set.of(), command));
  }

  private List<String> columns() throws SyntaxFailure {
    List<String> columns = new ArrayList<>();
    if (at.acceptMark("(")) {
      do {
        columns.add(at.label());
      } while (at.acceptMark(","));
      at.expectMark(")");
    }
    if (!at.isWord("from") && !at.isWord("to")) {
      throw at.unexpected("FROM or TO");
    }
    return columns;
  }

  private Routing routing(Place place, boolean in, boolean withClient) {
    boolean readOnly = !in && withClient;
    if (places.shards() == 1) {
      return new Routing.One(0, readOnly, "the store has one shard");
    }
    if (!withClient) {
      return Refusals.unsupported(
          "COPY with a file or program of the server is not routed", "Use STDIN or STDOUT.");
    }
    return switch (place) {
      case Place.Single(String table, int shard) ->
          new Routing.One(shard, readOnly, table + " is on shard " + shard + " alone");
      case Place.Everywhere(String table) ->
          in
              ? new Routing.All(
                  false, new Gather.CopyIn(Optional.empty()), table + " is everywhere")
              : new Routing.AnyShard(readOnly, table + " is everywhere");
      case Place.Catalog(String table) ->
          new Routing.AnyShard(readOnly, "every shard has its own catalogue");
      case Place.Known(String table) ->
          Refusals.unsupported("COPY of " + table + " is not supported", "Use SELECT.");
      case Place.Unknown unknown -> Refusals.unknownTable(unknown);
      case Place.Sharded sharded ->
          Refusals.unsupported(
              "COPY BINARY of " + sharded.table() + " is not supported",
              "Write WITH (FORMAT binary).");
    };
  }

  /** COPY (query) TO STDOUT. */
  private Statement query(String command) throws SyntaxFailure {
    int open = at.at();
    int close = closing(open);
    Lexed lexed = at.lexed;
    StatementParser.Parsed tree = StatementParser.parse(lexed, open + 1, close);
    Statement inner = classifier.data(tree, command);
    at.moveTo(close + 1);
    at.expect("to");
    if (!at.isWord("stdout")) {
      return inner.within(
          StatementKind.OTHER,
          command,
          false,
          Decision.fixed(routing(new Place.Catalog("a query"), false, false)));
    }
    return inner.within(
        StatementKind.COPY_OUT, command, inner.readOnly(), classifier.oneOnly(inner, "COPY"));
  }

  private int closing(int open) throws SyntaxFailure {
    int depth = 0;
    at.moveTo(open);
    while (!at.atEnd()) {
      if (at.isMark("(")) {
        depth++;
      } else if (at.isMark(")") && --depth == 0) {
        return at.at();
      }
      at.next();
    }
    throw at.unexpected(")");
  }
}

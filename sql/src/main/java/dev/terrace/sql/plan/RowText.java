package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A query's rows in the form in which they are sorted: {@code SELECT c1, c2, k1 FROM (the query,
 * with what it is ordered by) AS q(c1, c2, h1)}, so that the keys are columns whatever they were.
 */
final class RowText {

  /**
   * A sort key.
   *
   * @param column the name in the outer query: c1 for an output column, h1 for a hidden one
   * @param plain whether it has a collation that compares by bytes
   */
  record SortKey(String column, String direction, Tree.Sort sort, boolean plain) {
    String ordering() {
      return (column + " " + direction).strip();
    }
  }

  /** The rows once their columns' names are known. */
  record Named(int columns, List<String> hidden, List<SortKey> keys) {

    List<String> outputs() {
      return IntStream.rangeClosed(1, columns).mapToObj(i -> "c" + i).toList();
    }

    List<String> all() {
      List<String> all = new ArrayList<>(outputs());
      IntStream.rangeClosed(1, hidden.size()).forEach(i -> all.add("h" + i));
      return all;
    }

    String orderBy() {
      return keys.isEmpty()
          ? ""
          : " ORDER BY " + keys.stream().map(SortKey::ordering).collect(Collectors.joining(", "));
    }
  }

  private final Tree.Query query;
  private final Tree.@Nullable Core core;
  private final Spans spans;
  private final SqlText text;

  private RowText(Tree.Query query, Tree.@Nullable Core core, Spans spans, SqlText text) {
    this.query = query;
    this.core = core;
    this.spans = spans;
    this.text = text;
  }

  /** The rows of a query, whose one SELECT is {@code core}; null for a UNION. */
  static RowText of(Tree.Query query, Tree.@Nullable Core core, Spans spans, SqlText text) {
    return new RowText(query, core, spans, text);
  }

  /** The columns' names as far as the text tells them, for those who cannot ask a server. */
  List<String> likelyNames() {
    Tree.Core first = core;
    if (first == null
        && query.body() instanceof Tree.SetOperation(List<Tree.Query> operands, var kinds)
        && operands.getFirst().body() instanceof Tree.Core found) {
      first = found;
    }
    return first == null ? List.of() : likelyNames(first);
  }

  static List<String> likelyNames(Tree.Core of) {
    return of.items().stream()
        .map(i ->
            i.name() != null
                ? i.name()
                : i.expression() instanceof Expr.Column column ? column.name() : "?column?")
        .toList();
  }

  /** The rows, by the names that a server says their columns have. */
  Named named(List<String> names) throws GatherFailure {
    List<String> hidden = new ArrayList<>();
    List<SortKey> keys = new ArrayList<>();
    for (Tree.Sort sort : query.order()) {
      Span span = spans.of(sort.expression());
      int output = output(sort.expression(), names);
      if (output < 0 && core == null) {
        throw new GatherFailure("orders a UNION by an expression", "Order by its columns.");
      }
      if (output < 0) {
        hidden.add(text.of(span));
      }
      String column = output < 0 ? "h" + hidden.size() : "c" + (output + 1);
      boolean plain = output < 0 && text.endsInPlainCollation(span);
      keys.add(new SortKey(column, text.of(sort.direction()), sort, plain));
    }
    return new Named(names.size(), hidden, keys);
  }

  /** The output column that an expression of ORDER BY means, or -1. */
  private int output(Expr expression, List<String> names) {
    if (expression instanceof Expr.Literal literal) {
      int position = text.position(literal);
      return position >= 1 && position <= names.size() ? position - 1 : -1;
    }
    if (expression instanceof Expr.Column(List<String> path) && path.size() == 1) {
      return names.indexOf(path.getFirst());
    }
    return core == null ? -1 : sameItem(expression);
  }

  /** The item of the select list that says the same, if its place among the columns is known. */
  private int sameItem(Expr expression) {
    List<Tree.Item> items = core == null ? List.of() : core.items();
    for (int i = 0; i < items.size(); i++) {
      Expr item = items.get(i).expression();
      if (item instanceof Expr.Star) {
        return -1;
      }
      if (spans.find(item).filter(s -> text.same(s, spans.of(expression))).isPresent()
          && !text.endsInPlainCollation(spans.of(expression))) {
        return i;
      }
    }
    return -1;
  }

  /** The query without its order and limit, with the hidden columns. */
  String inner(Named named) {
    StringBuilder out = new StringBuilder();
    if (core == null || named.hidden().isEmpty()) {
      out.append(text.of(query.with())).append(' ').append(text.of(query.core()));
    } else {
      boolean table = core.head().isEmpty();
      out.append(text.of(query.with())).append(' ');
      out.append(table ? "SELECT *" : text.of(core.head()));
      for (int i = 0; i < named.hidden().size(); i++) {
        out.append(", ").append(named.hidden().get(i)).append(" AS \"~h").append(i + 1).append('"');
      }
      out.append(table ? " FROM " : " ").append(text.of(core.rest()));
    }
    if (core != null && !core.distinct().on().isEmpty() && !query.order().isEmpty()) {
      out.append(" ORDER BY ");
      out.append(
          query.order().stream()
              .map(s -> text.of(spans.of(s.expression())) + " " + text.of(s.direction()))
              .collect(Collectors.joining(", ")));
    }
    return out.toString().strip();
  }

  /** The text of LIMIT, OFFSET and FETCH. */
  String limit() {
    String clause = text.of(query.limit().span());
    return clause.isEmpty() ? "" : " " + clause;
  }

  boolean ties() {
    return query.limit().ties();
  }
}

package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The columns of a partial statement of groups, collected while the expressions of the last one are
 * written: first those that the shards group by (k1, k2, ...), then aggregates (a1, a2, ...).
 */
final class GroupColumns {

  private final Spans spans;
  private final SqlText text;
  private final boolean natural;
  private final List<Expr> keys;

  /** Whether the shards aggregate; else they send the rows. */
  private final boolean splits;

  /** Texts of what the shards group by: the keys, then values that count once. */
  private final List<String> grouped = new ArrayList<>();

  private final List<String> aggregated = new ArrayList<>();

  GroupColumns(Spans spans, SqlText text, boolean natural, List<Expr> keys, boolean splits) {
    this.spans = spans;
    this.text = text;
    this.natural = natural;
    this.keys = keys;
    this.splits = splits;
    for (Expr key : keys) {
      grouped.add(text.of(spans.of(key)));
    }
  }

  /** How many of the columns the statement itself groups by. */
  int keys() {
    return keys.size();
  }

  /** The columns' names. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    IntStream.rangeClosed(1, grouped.size()).forEach(i -> names.add("k" + i));
    IntStream.rangeClosed(1, Math.max(aggregated.size(), names.isEmpty() ? 1 : 0))
        .forEach(i -> names.add("a" + i));
    return names;
  }

  /** The partial statement over a FROM and WHERE. */
  String partial(String source) {
    List<String> all = new ArrayList<>(grouped);
    all.addAll(aggregated);
    if (all.isEmpty()) {
      // Nothing but that there are rows matters.
      all.add(splits ? "count(*)" : "true");
    }
    List<String> names = names();
    StringBuilder out = new StringBuilder("SELECT ");
    for (int i = 0; i < all.size(); i++) {
      out.append(i == 0 ? "" : ", ").append(all.get(i)).append(" AS ").append(names.get(i));
    }
    out.append(source.isEmpty() ? "" : " ").append(source);
    if (splits && !grouped.isEmpty()) {
      out.append(" GROUP BY ");
      for (int i = 1; i <= grouped.size(); i++) {
        out.append(i == 1 ? "" : ", ").append(i);
      }
    }
    return out.toString();
  }

  /** What stands for an expression in the last statement. */
  LastText last(Expr expression) throws GatherFailure {
    Span span = spans.of(expression);
    List<Part> parts = new ArrayList<>();
    collect(expression, parts);
    return put(span, parts);
  }

  /** A run of tokens and what takes its place. */
  private record Part(Span span, LastText text) {}

  private LastText put(Span span, List<Part> parts) {
    LastText out = LastText.of("");
    int at = span.from();
    List<Part> sorted =
        parts.stream().sorted((a, b) -> Integer.compare(a.span.from(), b.span.from())).toList();
    for (Part part : sorted) {
      String before = text.of(new Span(at, part.span.from()));
      out = out.then(before.isEmpty() ? "" : " " + before + " ").then(part.text);
      at = part.span.to();
    }
    String rest = text.of(new Span(at, span.to()));
    return out.then(rest.isEmpty() ? "" : " " + rest);
  }

  private void collect(Expr expression, List<Part> parts) throws GatherFailure {
    int key = key(expression);
    if (key >= 0) {
      parts.add(new Part(spans.of(expression), LastText.of("k" + (key + 1))));
      return;
    }
    switch (expression) {
      case Expr.Column(List<String> path) ->
          throw new GatherFailure(
              "has " + String.join(".", path) + " beside groups of several shards",
              "Write it in GROUP BY as it stands there, or aggregate it.");
      case Expr.Star star ->
          throw new GatherFailure("has * beside groups of several shards", "Name the columns.");
      case Expr.Sub sub ->
          throw new GatherFailure(
              "has a subquery beside groups of several shards",
              "Send the subquery as a statement of its own.");
      case Expr.Call call when Exprs.isAggregate(call) -> aggregate(call, parts);
      default -> {
        for (Expr child : Exprs.children(expression)) {
          collect(child, parts);
        }
      }
    }
  }

  private int key(Expr expression) {
    for (int i = 0; i < keys.size(); i++) {
      if (same(keys.get(i), expression)) {
        return i;
      }
    }
    return -1;
  }

  private boolean same(Expr a, Expr b) {
    if (a instanceof Expr.Column(List<String> left)
        && b instanceof Expr.Column(List<String> right)
        && !natural
        && left.getLast().equals(right.getLast())
        && (left.size() == 1 || right.size() == 1)) {
      // A bare name that is not ambiguous means the one column of that name.
      return true;
    }
    return spans.find(a).isPresent()
        && spans.find(b).filter(s -> text.same(spans.of(a), s)).isPresent();
  }

  private void aggregate(Expr.Call call, List<Part> parts) throws GatherFailure {
    String name = call.name().getLast();
    if (name.equals("grouping")) {
      throw new GatherFailure("has GROUPING over several shards", "");
    }
    boolean values = !splits || (call.form().distinct() && !Aggregates.isRepeatable(call));
    parts.add(new Part(spans.of(call), values ? overValues(call) : overParts(call)));
  }

  /** An aggregate of what the shards have aggregated. */
  private LastText overParts(Expr.Call call) {
    Span span = spans.of(call);
    String arguments = text.of(new Span(call.form().arguments(), span.to()));
    return switch (call.name().getLast()) {
      case "count" -> LastText.of("coalesce(sum(" + column(text.of(span)) + "), 0)::bigint");
      case "sum" -> LastText.sum(column(text.of(span)));
      case "avg" -> LastText.average(column("sum" + arguments), column("count" + arguments));
      default -> LastText.of(String.join(".", call.name()) + "(" + column(text.of(span)) + ")");
    };
  }

  private String column(String aggregate) {
    int known = aggregated.indexOf(aggregate);
    if (known < 0) {
      aggregated.add(aggregate);
      known = aggregated.size() - 1;
    }
    return "a" + (known + 1);
  }

  /** The aggregate itself, over values that the shards send. */
  private LastText overValues(Expr.Call call) throws GatherFailure {
    List<Part> parts = new ArrayList<>();
    List<Expr> values = new ArrayList<>(call.arguments());
    values.addAll(call.form().sorts());
    for (Expr value : values) {
      value(value, parts);
    }
    Expr filter = call.form().filter();
    if (splits && filter == null && parts.isEmpty()) {
      // Only if there are rows do its constants count.
      group("true");
    }
    if (filter != null) {
      Span span = spans.of(filter);
      parts.add(new Part(span, LastText.of(group("((" + text.of(span) + ") IS TRUE)"))));
    }
    return put(spans.of(call), parts);
  }

  private void value(Expr value, List<Part> parts) throws GatherFailure {
    switch (value) {
      case Expr.Literal literal -> {
        // The same wherever it stands.
      }
      case Expr.Null nothing -> {}
      case Expr.Parameter parameter -> {}
      case Expr.Row(List<Expr> items) -> {
        for (Expr item : items) {
          value(item, parts);
        }
      }
      case Expr.Star star ->
          throw new GatherFailure("aggregates whole rows over several shards", "Name a column.");
      default -> {
        Span span = spans.of(value);
        parts.add(new Part(span, LastText.of(group(text.of(span)))));
      }
    }
  }

  private String group(String value) {
    int known = grouped.indexOf(value);
    if (known < 0) {
      grouped.add(value);
      known = grouped.size() - 1;
    }
    return "k" + (known + 1);
  }
}

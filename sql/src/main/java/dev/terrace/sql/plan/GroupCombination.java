package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Groups and aggregates over several shards. If every aggregate can be had from aggregates of the
 * shards, those are what the shards are asked for; else they send the rows that are aggregated.
 */
final class GroupCombination implements Combination {

  private final Tree.Query query;
  private final Tree.Core core;
  private final Spans spans;
  private final SqlText text;
  private final boolean natural;

  /**
   * @param natural whether tables are joined by USING or NATURAL, so that a bare name may mean
   *     another column than a qualified one
   */
  GroupCombination(Tree.Query query, Tree.Core core, Spans spans, SqlText text, boolean natural) {
    this.query = query;
    this.core = core;
    this.spans = spans;
    this.text = text;
    this.natural = natural;
  }

  /** Finds out, as far as that can be told without a server, whether it can be done. */
  void check() throws GatherFailure {
    parts(likely()).last(List.of(), 1);
  }

  private Gather.Described likely() {
    return new Gather.Described(RowText.likelyNames(core), Set.of());
  }

  @Override
  public Map<String, String> probes() {
    Map<String, String> probes = new LinkedHashMap<>();
    for (Expr key : core.grouping().keys()) {
      if (key instanceof Expr.Column(List<String> path) && path.size() == 1) {
        boolean alias =
            core.items().stream()
                .anyMatch(i -> path.getFirst().equals(i.name()) && !i.expression().equals(key));
        if (alias) {
          String with = text.of(query.with()) + " ";
          probes.put(
              path.getFirst(),
              (with + "SELECT " + text.of(spans.of(key)) + " " + text.of(core.source())).strip());
        }
      }
    }
    return probes;
  }

  @Override
  public Parts parts(Gather.Described described) throws GatherFailure {
    List<Expr> keys = keys(described.inputs());
    for (Expr key : keys) {
      if (Exprs.isUnsteady(key)) {
        throw new GatherFailure(
            "groups by something that may differ from shard to shard",
            "Work the value out in the application and send it as a parameter.");
      }
    }
    List<Expr> outputs =
        Stream.concat(
                core.items().stream().map(Tree.Item::expression),
                Stream.concat(
                    Optional.ofNullable(core.grouping().having()).stream(),
                    query.order().stream().map(Tree.Sort::expression)))
            .toList();
    boolean splits =
        outputs.stream().flatMap(e -> Exprs.aggregates(e).stream()).allMatch(Aggregates::splits);
    GroupColumns columns = new GroupColumns(spans, text, natural, keys, splits);
    List<LastText> items = new ArrayList<>();
    for (Tree.Item item : core.items()) {
      items.add(columns.last(item.expression()));
    }
    Expr having = core.grouping().having();
    LastText condition = having == null ? LastText.NOTHING : columns.last(having);
    List<LastText> order = new ArrayList<>();
    for (Tree.Sort sort : query.order()) {
      order.add(order(sort, described.names(), columns));
    }
    return new GroupParts(columns, items, condition, order);
  }

  /** The grouped expressions, with positions and names of the select list followed. */
  private List<Expr> keys(Set<String> inputs) throws GatherFailure {
    List<Expr> keys = new ArrayList<>();
    for (Expr key : core.grouping().keys()) {
      if (key instanceof Expr.Literal literal) {
        int position = text.position(literal);
        if (position < 1 || position > core.items().size()) {
          throw new GatherFailure("groups by a constant", "Group by columns.");
        }
        keys.add(core.items().get(position - 1).expression());
      } else if (key instanceof Expr.Column(List<String> path)
          && path.size() == 1
          && !inputs.contains(path.getFirst())) {
        keys.add(
            core.items().stream()
                .filter(i -> path.getFirst().equals(i.name()))
                .map(Tree.Item::expression)
                .findFirst()
                .orElse(key));
      } else {
        keys.add(key);
      }
    }
    return keys;
  }

  private LastText order(Tree.Sort sort, List<String> names, GroupColumns columns)
      throws GatherFailure {
    String direction = (" " + text.of(sort.direction())).stripTrailing();
    if (sort.expression() instanceof Expr.Literal) {
      return LastText.of(text.of(spans.of(sort.expression())) + direction);
    }
    if (sort.expression() instanceof Expr.Column(List<String> path) && path.size() == 1) {
      int output = names.indexOf(path.getFirst());
      if (output >= 0) {
        return LastText.of((output + 1) + direction);
      }
    }
    return columns.last(sort.expression()).then(direction);
  }

  private final class GroupParts implements Parts {
    private final GroupColumns columns;
    private final List<LastText> items;
    private final LastText having;
    private final List<LastText> order;

    GroupParts(GroupColumns columns, List<LastText> items, LastText having, List<LastText> order) {
      this.columns = columns;
      this.items = items;
      this.having = having;
      this.order = order;
    }

    @Override
    public String partial() {
      String with = text.of(query.with());
      String select = columns.partial(text.of(core.source()));
      return with.isEmpty() ? select : with + " " + select;
    }

    @Override
    public String last(List<Integer> types, int first) throws GatherFailure {
      List<String> names = columns.names();
      StringBuilder out = new StringBuilder("SELECT ");
      out.append(core.distinct().present() ? "DISTINCT " : "");
      out.append(joined(items, types));
      out.append(" FROM ").append(Combination.source(partial(), names, first));
      if (columns.keys() > 0) {
        out.append(" GROUP BY ").append(String.join(", ", names.subList(0, columns.keys())));
      }
      if (!having.isEmpty()) {
        out.append(" HAVING ").append(having.text(types, names));
      }
      if (!order.isEmpty()) {
        out.append(" ORDER BY ").append(joined(order, types));
      }
      String limit = text.of(query.limit().span());
      return out + (limit.isEmpty() ? "" : " " + limit);
    }

    private String joined(List<LastText> texts, List<Integer> types) throws GatherFailure {
      List<String> all = new ArrayList<>();
      for (LastText one : texts) {
        all.add(one.text(types, columns.names()));
      }
      return all.stream().collect(Collectors.joining(", "));
    }
  }

  @Override
  public Gather.Told told() {
    try {
      Parts parts = parts(likely());
      return new Gather.Told(
          "combine",
          "groups may have rows on several shards: a last statement puts their parts together",
          List.of(
              new Gather.Step("partial", parts.partial()),
              new Gather.Step("last", parts.last(List.of(), 1))));
    } catch (GatherFailure e) {
      return new Gather.Told("combine", e.detail(), List.of());
    }
  }
}

package dev.terrace.sql.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Rows that the last statement sorts, limits or makes distinct. */
final class RowCombination implements Combination {

  private final RowText rows;
  private final Optional<Limits> limits;
  private final boolean distinct;

  RowCombination(RowText rows, Optional<Limits> limits, boolean distinct) {
    this.rows = rows;
    this.limits = limits;
    this.distinct = distinct;
  }

  @Override
  public Map<String, String> probes() {
    return Map.of();
  }

  @Override
  public Parts parts(Gather.Described described) throws GatherFailure {
    RowText.Named named = rows.named(described.names());
    if (distinct && !named.hidden().isEmpty()) {
      throw new GatherFailure(
          "orders distinct rows by something that is not in the select list as it is written",
          "Write the expression of ORDER BY as in the select list, or its position.");
    }
    return new RowParts(named);
  }

  private final class RowParts implements Parts {
    private final RowText.Named named;

    RowParts(RowText.Named named) {
      this.named = named;
    }

    @Override
    public String partial() {
      String columns = String.join(", ", named.all());
      String push =
          limits
              .filter(l -> l.perShard() != Limits.ALL)
              .map(l ->
                  rows.ties() ? " FETCH FIRST " + l.perShard() + " ROWS WITH TIES" : l.clause())
              .map(clause -> named.orderBy() + clause)
              .orElse("");
      return "SELECT " + columns + " FROM (" + rows.inner(named) + ") AS q(" + columns + ")" + push;
    }

    @Override
    public String last(List<Integer> types, int first) {
      return "SELECT "
          + (distinct ? "DISTINCT " : "")
          + String.join(", ", named.outputs())
          + " FROM "
          + Combination.source(partial(), named.all(), first)
          + named.orderBy()
          + rows.limit();
    }
  }

  @Override
  public Gather.Told told() {
    String reason =
        distinct
            ? "equal rows may be on several shards: a last statement keeps one of each"
            : "a last statement sorts and limits the rows of all shards";
    try {
      Parts parts = parts(new Gather.Described(rows.likelyNames(), Set.of()));
      return new Gather.Told(
          "combine",
          reason,
          List.of(
              new Gather.Step("partial", parts.partial()),
              new Gather.Step("last", parts.last(List.of(), 1))));
    } catch (GatherFailure e) {
      return new Gather.Told("combine", e.detail(), List.of());
    }
  }
}

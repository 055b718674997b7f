package dev.terrace.sql.plan;

import dev.terrace.sql.plan.Functions.Nature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the decision about a query, INSERT, UPDATE or DELETE from its syntax tree. */
final class Decider {

  private final Places places;

  Decider(Places places) {
    this.places = places;
  }

  /** A statement's decision, its tables, and whether it provably changes nothing. */
  record Decided(
      Decision decision,
      List<String> tables,
      boolean readOnly,
      Residue residue,
      SettingCalls settings,
      Effects effects) {}

  Decided decide(StatementParser.Parsed parsed) {
    Tree tree = parsed.tree();
    Findings findings = new Findings();
    QueryAnalysis queries = new QueryAnalysis(places, findings);
    Scope scope = Scope.outermost();
    if (tree instanceof Tree.Query query) {
      queries.query(query, scope, true);
    } else {
      new WriteAnalysis(places, findings, queries).statement(tree, scope);
      findings.newRows = tree instanceof Tree.Insert insert ? insert.rows().orElse(null) : null;
    }
    boolean readOnly =
        !findings.writes
            && findings.unlistedFunction == null
            && findings.settingCalls == 0
            && !findings.functions.containsKey(Nature.STATE);
    Optional<SettingCalls> settings = SettingCalls.of(tree, findings.settingCalls);
    if (settings.isEmpty()) {
      findings.leaves(Residue.HELD);
      findings.refuse(
          Refusals.unsupported(
              "set_config would set one shard's session alone",
              "Use SET, or SELECT set_config(...) with constants or parameters, and nothing else."));
    }
    List<String> tables = new ArrayList<>(findings.tables);
    return new Decided(
        decision(findings, parsed, readOnly),
        List.copyOf(tables),
        readOnly,
        findings.residue(),
        settings.orElse(SettingCalls.NONE),
        findings.effects());
  }

  private Decision decision(Findings findings, StatementParser.Parsed parsed, boolean readOnly) {
    if (places.shards() == 1) {
      return Decision.fixed(new Routing.One(0, readOnly, "the store has one shard"));
    }
    Routing.Refused refusal = findings.refusal();
    if (refusal != null) {
      return Decision.fixed(refusal);
    }
    if (findings.unknown != null) {
      return Decision.fixed(Refusals.unknownTable(findings.unknown));
    }
    if (findings.targets.stream().anyMatch(t -> t instanceof Place.Catalog)) {
      return Decision.fixed(
          Refusals.unsupported("the catalogue is not written to", Refusals.SHARD_HINT));
    }
    if (findings.targets.stream().anyMatch(t -> t instanceof Place.Known)) {
      return Decision.fixed(
          Refusals.unsupported("what Terrace knows of itself is not written to", "Use SELECT."));
    }
    if (findings.targets.stream().anyMatch(t -> t instanceof Place.Everywhere)) {
      return Decision.fixed(writeEverywhere(findings));
    }
    if (!findings.restrictions.isEmpty()) {
      findings.retyped = RetypedParameters.of(parsed.lexed());
      boolean coordinable =
          readOnly
              && places.coordinated()
              && Coordinable.obstacle(findings, parsed.lexed()).isEmpty();
      return new KeyDecision(findings, parsed.spans(), places.shards(), readOnly, coordinable);
    }
    return Decision.fixed(withoutKeys(findings, readOnly));
  }

  /** A reference table's rows must come out the same on every shard. */
  private static Routing writeEverywhere(Findings findings) {
    boolean others =
        !findings.restrictions.isEmpty()
            || findings.single != null
            || findings.catalog
            || !findings.targets.stream().allMatch(t -> t instanceof Place.Everywhere);
    if (others) {
      return Refusals.unsupported(
          "a table that is everywhere is written to together with tables that are not",
          "Read what is to be written first, then write it in a statement of its own.");
    }
    for (Nature nature : List.of(Nature.LOCAL, Nature.VOLATILE, Nature.READER, Nature.STATE)) {
      String name = findings.functions.get(nature);
      if (name != null) {
        return differs(name);
      }
    }
    if (findings.unlistedFunction != null) {
      return differs(findings.unlistedFunction);
    }
    if (findings.byPlace) {
      return Refusals.unsupported(
          "ctid may be another row's on each shard, and the table must be the same everywhere",
          "Name the rows by their key.");
    }
    if (findings.limitedInside) {
      return Refusals.unsupported(
          "LIMIT may take other rows on each shard, and the table must be the same everywhere",
          "Name the rows by their key.");
    }
    if (findings.varying != null) {
      return Refusals.unsupported(
          "the statement " + findings.varying + ", and the table must be the same everywhere",
          "Name the rows by their key.");
    }
    return new Routing.All(false, Gather.FIRST, "the table is everywhere: every shard writes it");
  }

  private static Routing.Refused differs(String function) {
    return Refusals.unsupported(
        function + " may give each shard another value, and the table must be the same everywhere",
        "Work the value out in the application and send it as a parameter.");
  }

  private static Routing withoutKeys(Findings findings, boolean readOnly) {
    if (findings.single != null) {
      String reason =
          findings.single.table() + " is on shard " + findings.single.shard() + " alone";
      return new Routing.One(findings.single.shard(), readOnly, reason);
    }
    String state = findings.functions.get(Nature.STATE);
    if (state != null) {
      return new Routing.One(0, false, state + " keeps its state on the first shard");
    }
    String reading = findings.readingFunction();
    if (reading != null) {
      return Refusals.unsupported(
          "function "
              + reading
              + (findings.unlistedFunction == null
                  ? " may read tables whose rows are on other shards"
                  : " is not known to Terrace: it may read or write any table"),
          Refusals.SHARD_HINT);
    }
    if (findings.everywhere && findings.writes) {
      return new Routing.One(0, false, "rows that are everywhere are locked on the first shard");
    }
    String reason =
        findings.everywhere
            ? "its tables are everywhere"
            : findings.catalog
                ? "every shard has its own catalogue"
                : findings.known ? "Terrace itself has the rows" : "it reads no table";
    return new Routing.AnyShard(readOnly, reason);
  }
}

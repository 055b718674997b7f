package dev.terrace.sql.plan;

import dev.terrace.sql.plan.Functions.Nature;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the analysis of one statement has come upon; filled while its tree is walked. */
final class Findings {

  /**
   * An occurrence of a sharded table.
   *
   * @param bounds each of which the key of the rows that count is within
   * @param inserted whether the bounds are the keys of new rows
   */
  record Restriction(Place.Sharded table, List<Bound> bounds, boolean inserted) {}

  /** A sharding key that the statement sets; empty if to what cannot be known. */
  record NewKey(Place.Sharded table, Optional<Bound> key) {}

  final Set<String> tables = new LinkedHashSet<>();
  final List<Restriction> restrictions = new ArrayList<>();
  final List<NewKey> newKeys = new ArrayList<>();

  /** Tables that INSERT, UPDATE or DELETE change. */
  final List<Place> targets = new ArrayList<>();

  /** The first function met of each nature, for messages. */
  final Map<Nature, String> functions = new EnumMap<>(Nature.class);

  /** All functions called, without their schemas. */
  final Set<String> calls = new LinkedHashSet<>();

  /** The first function whose answer depends on the server or database that it runs in. */
  @Nullable String serverFunction;

  @Nullable String unlistedFunction;
  Place.@Nullable Single single;
  Place.@Nullable Unknown unknown;
  boolean everywhere;
  boolean catalog;

  /** Whether it reads what Terrace itself knows. */
  boolean known;

  /** Whether anything in it writes or locks. */
  boolean writes;

  /** Whether it makes a table of its rows. */
  boolean makesTable;

  /** Whether a subquery takes some rows by LIMIT. */
  boolean limitedInside;

  /** What may come out of a subquery another way on each shard, if anything. */
  @Nullable String varying;

  /** The same of a WITH that the rows of an INSERT share. */
  @Nullable String sharedVarying;

  /** See {@link RetypedParameters}. */
  Set<Integer> retyped = Set.of();

  /** Whether its rows are told by where they are stored. */
  boolean byPlace;

  /** The query whose rows are the statement's; null for a statement that is none. */
  @Nullable Gathered gathered;

  /** The rows of an INSERT that is the statement; null if it has no list of them. */
  Tree.@Nullable Values newRows;

  /** How often it calls set_config. */
  int settingCalls;

  private Residue residue = Residue.NOTHING;
  private @Nullable String obstacle;
  private Routing.@Nullable Refused refusal;

  /** Notes why the answers of several shards could not be put together; the first counts. */
  void obstacle(String reason) {
    if (obstacle == null) {
      obstacle = reason;
    }
  }

  @Nullable String obstacle() {
    return obstacle;
  }

  /** Notes that the statement cannot be routed whatever its parameters; the first counts. */
  void refuse(Routing.Refused reason) {
    if (refusal == null) {
      refusal = reason;
    }
  }

  Routing.@Nullable Refused refusal() {
    return refusal;
  }

  /** Notes what a subquery may give each shard in another way; the first counts. */
  void varies(String reason) {
    if (varying == null) {
      varying = reason;
    }
  }

  void place(Place place) {
    if (!(place instanceof Place.Catalog)) {
      tables.add(place.table());
    }
    switch (place) {
      case Place.Sharded sharded -> {
        // Its restriction is noted once the conditions are known.
      }
      case Place.Single found -> single = single == null ? found : single;
      case Place.Everywhere found -> everywhere = true;
      case Place.Catalog found -> catalog = true;
      case Place.Known found -> known = true;
      case Place.Unknown found -> unknown = unknown == null ? found : unknown;
    }
  }

  /** Notes what the statement leaves behind; the most counts. */
  void leaves(Residue left) {
    residue = residue.and(left);
  }

  Residue residue() {
    return residue;
  }

  private static Residue residue(String function, boolean known) {
    return switch (function) {
      case "setseed" -> Residue.INDELIBLE;
      case "currval", "lastval" -> Residue.RECALLS;
      default ->
          !known
              ? Residue.UNKNOWN
              : function.contains("advisory_lock") ? Residue.HELD : Residue.NOTHING;
    };
  }

  void function(List<String> path, Optional<Nature> known) {
    calls.add(path.getLast());
    if (path.getLast().equals(SettingCalls.FUNCTION)) {
      settingCalls++;
      return;
    }
    String name = String.join(".", path);
    leaves(residue(path.getLast(), known.isPresent()));
    if (known.equals(Optional.of(Nature.LOCAL)) && !Coordinable.TIMES.contains(path.getLast())) {
      serverFunction = serverFunction == null ? name : serverFunction;
    }
    known.ifPresentOrElse(
        nature -> functions.putIfAbsent(nature, name),
        () -> unlistedFunction = unlistedFunction == null ? name : unlistedFunction);
  }

  /** The first function that may read other tables than the statement names. */
  @Nullable String readingFunction() {
    return unlistedFunction == null ? functions.get(Nature.READER) : unlistedFunction;
  }

  /** What the statement does to tables, and what its result depends on beside them. */
  Effects effects() {
    Set<String> writes = new LinkedHashSet<>();
    targets.forEach(target -> writes.add(target.table()));
    boolean schema = makesTable || targets.stream().anyMatch(t -> t instanceof Place.Catalog);
    Effects.Beyond beyond =
        schema
            ? Effects.Beyond.SCHEMA
            : unlistedFunction != null ? Effects.Beyond.ANY_TABLE : Effects.Beyond.NOTHING;
    return new Effects(writes, beyond, calls, Optional.ofNullable(unsteady()));
  }

  private @Nullable String unsteady() {
    if (unlistedFunction != null) {
      return unlistedFunction + " is not known to Terrace";
    }
    for (Nature nature : List.of(Nature.LOCAL, Nature.VOLATILE, Nature.READER, Nature.STATE)) {
      if (functions.containsKey(nature)) {
        return functions.get(nature) + " depends on more than its arguments";
      }
    }
    if (writes) {
      return "it writes or locks";
    }
    if (catalog) {
      return "it reads the catalogue";
    }
    if (known) {
      return "it reads what Terrace itself knows";
    }
    return tables.isEmpty() ? "it reads no table" : null;
  }
}

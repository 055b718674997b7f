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

  /** Whether a subquery takes some rows by LIMIT. */
  boolean limitedInside;

  /** Whether a subquery takes some rows and does not say which. */
  boolean arbitraryInside;

  /** The query whose rows are the statement's; null for a statement that is none. */
  @Nullable Gathered gathered;

  /** The rows of an INSERT that is the statement; null if it has no list of them. */
  Tree.@Nullable Values newRows;

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

  void function(List<String> path, Optional<Nature> known) {
    String name = String.join(".", path);
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
}

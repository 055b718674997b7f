package dev.terrace.sql.plan;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** How the answers of several shards become one. */
public sealed interface Gather {

  /** Rows as they come from the shards, the counts of the command tags added up. */
  Gather CONCATENATE = Simple.CONCATENATE;

  /** All shards did the same: the first one's answer stands, unless one failed. */
  Gather FIRST = Simple.FIRST;

  /** Says how, in a few words, and why so. */
  Told told();

  /**
   * What explain tells.
   *
   * @param choice the way in a word
   * @param steps texts that are sent, by what they are
   */
  record Told(String choice, String reason, List<Step> steps) {
    public Told {
      steps = List.copyOf(steps);
    }
  }

  /** One text that is sent. */
  record Step(String subject, String text) {}

  /** The ways that need nothing but the statement itself. */
  enum Simple implements Gather {
    /** See {@link Gather#CONCATENATE}. */
    CONCATENATE,
    /** See {@link Gather#FIRST}. */
    FIRST;

    @Override
    public Told told() {
      return this == CONCATENATE
          ? new Told("concatenate", "rows as they come from the shards, counts added up", List.of())
          : new Told("first", "all shards do the same; one answer stands for all", List.of());
    }
  }

  /**
   * Some rows, no matter which.
   *
   * @param partial what the shards are asked
   * @param count how many rows are wanted, {@link Limits#ALL} for all
   */
  record Limited(String partial, long offset, long count) implements Gather {
    @Override
    public Told told() {
      return new Told(
          "concatenate",
          "rows as they come from the shards, up to the limit",
          List.of(new Step("partial", partial)));
    }
  }

  /**
   * Rows as they come from the shards, each of which is sent another text.
   *
   * @param parts what each shard is sent
   * @param calls whether the parts call functions, so that one alone may mean something else
   */
  record Split(SortedMap<Integer, String> parts, boolean calls) implements Gather {
    public Split {
      parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
    }

    @Override
    public Told told() {
      return new Told(
          "split",
          "each shard gets the rows that belong to it; counts added up",
          parts.entrySet().stream()
              .map(part -> new Step("part for shard " + part.getKey(), part.getValue()))
              .toList());
    }
  }

  /**
   * COPY data of the client, cut into rows.
   *
   * @param target where rows go by their key; empty if all go to every shard
   */
  record CopyIn(Optional<CopyTarget> target) implements Gather {
    @Override
    public Told told() {
      return target.isPresent()
          ? new Told("split", "each row goes to the shard of its key", List.of())
          : new Told("first", "every shard gets all rows; one answer stands for all", List.of());
    }
  }

  /**
   * COPY data of the shards, one after the other.
   *
   * @param header whether each begins with a line that is wanted once
   */
  record CopyOut(boolean header) implements Gather {
    @Override
    public Told told() {
      return new Told("concatenate", "rows as they come from the shards", List.of());
    }
  }

  /** Rows that every shard sorts and that are merged by their keys. */
  record Sorted(SortedRows rows) implements Gather {
    @Override
    public Told told() {
      return rows.told();
    }
  }

  /** Rows that a last statement over those of all shards makes. */
  record Combined(Combination combination) implements Gather {
    @Override
    public Told told() {
      return combination.told();
    }
  }

  /**
   * What a server told of the statement itself.
   *
   * @param names the names of its columns
   * @param inputs those of {@link Combination#probes} that are columns of its tables
   */
  record Described(List<String> names, Set<String> inputs) {
    public Described {
      names = List.copyOf(names);
      inputs = Set.copyOf(inputs);
    }
  }
}

package dev.terrace.sql.deadlock;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who waits for whom. A circle in it is a deadlock (Coffman, Elphick, Shoshani 1971); ending one of
 * its members breaks it.
 *
 * @param <T> those who wait, in an order in which the last is the first to be given up
 */
public final class WaitGraph<T extends Comparable<T>> {

  private final Map<T, Set<T>> waits = new HashMap<>();

  /** One waits for another; nobody waits for itself. */
  public void waits(T who, T forWhom) {
    if (!who.equals(forWhom)) {
      waits.computeIfAbsent(who, w -> new TreeSet<>()).add(forWhom);
    }
  }

  /** Of each circle the one that is to be given up, so that no circle is left. */
  public List<T> victims() {
    List<T> victims = new ArrayList<>();
    List<T> circle = circle();
    while (!circle.isEmpty()) {
      T victim = circle.stream().max(Comparable::compareTo).orElseThrow();
      victims.add(victim);
      waits.remove(victim);
      circle = circle();
    }
    return victims;
  }

  /** The members of a circle; none if there is none. */
  private List<T> circle() {
    Set<T> done = new HashSet<>();
    for (T start : new TreeSet<>(waits.keySet())) {
      List<T> circle = from(start, done);
      if (!circle.isEmpty()) {
        return circle;
      }
    }
    return List.of();
  }

  /** Follows who waits for whom, depth first, without recursion: chains may be long. */
  private List<T> from(T start, Set<T> done) {
    List<T> path = new ArrayList<>();
    List<List<T>> open = new ArrayList<>();
    path.add(start);
    open.add(next(start));
    while (!path.isEmpty()) {
      List<T> left = open.getLast();
      if (left.isEmpty()) {
        done.add(path.removeLast());
        open.removeLast();
        continue;
      }
      T next = left.removeLast();
      int at = path.indexOf(next);
      if (at >= 0) {
        return path.subList(at, path.size());
      }
      if (!done.contains(next)) {
        path.add(next);
        open.add(next(next));
      }
    }
    return List.of();
  }

  private List<T> next(T one) {
    return new ArrayList<>(waits.getOrDefault(one, Set.of()));
  }
}

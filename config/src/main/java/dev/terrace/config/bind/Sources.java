package dev.terrace.config.bind;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where the values of a bound file stand, and which of them are not as written. */
public final class Sources {

  private final Map<KeyPath, Place> values = new HashMap<>();
  private final Map<KeyPath, Place> keys = new HashMap<>();
  private final Map<KeyPath, Map<String, Place>> names = new HashMap<>();
  private final Map<KeyPath, List<Integer>> kept = new HashMap<>();
  private final Set<KeyPath> broken = new HashSet<>();

  void value(KeyPath path, Place place) {
    values.put(path, place);
  }

  void key(KeyPath path, Place place) {
    keys.put(path, place);
    names
        .computeIfAbsent(path.parent(), _ -> new LinkedHashMap<>())
        .put(path.steps().getLast(), place);
  }

  /** The items of a list that could be bound: those left out shift the others' numbers. */
  void kept(KeyPath list, List<Integer> items) {
    kept.put(list, items);
  }

  void broken(KeyPath path) {
    for (KeyPath at = path; broken.add(at) && !at.isRoot(); ) {
      at = at.parent();
    }
  }

  /** Where a value begins; of one that was left out, where it would have been. */
  public Place at(KeyPath path) {
    Place place = values.get(path);
    return place != null || path.isRoot() ? orStart(place) : at(path.parent());
  }

  /** Where the key of a value stands; of one that was left out, where it would have been. */
  public Place keyAt(KeyPath path) {
    Place place = keys.getOrDefault(path, values.get(path));
    return place != null || path.isRoot() ? orStart(place) : keyAt(path.parent());
  }

  private static Place orStart(@Nullable Place place) {
    return place == null ? Place.startOf("") : place;
  }

  /** Whether the file says something here itself. */
  public boolean has(KeyPath path) {
    return values.containsKey(path);
  }

  /** The names in a mapping, those of broken values too. */
  public Collection<String> names(KeyPath mapping) {
    return names.getOrDefault(mapping, Map.of()).keySet();
  }

  /** The path of the bound list's item. */
  public KeyPath item(KeyPath list, int index) {
    List<Integer> items = kept.getOrDefault(list, List.of());
    return index < items.size() ? list.item(items.get(index)) : list;
  }

  /** Whether all that is written here was understood. */
  public boolean isWhole(KeyPath path) {
    return !broken.contains(path);
  }
}

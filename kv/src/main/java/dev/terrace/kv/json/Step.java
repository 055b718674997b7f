package dev.terrace.kv.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One step of a path: from a place to those it leads to. */
sealed interface Step {

  /** Goes on from a place. */
  void from(Match place, Search search, Consumer<Match> found);

  /** {@code .name}, {@code ['a','b']}. */
  record Names(List<String> names) implements Step {
    @Override
    public void from(Match place, Search search, Consumer<Match> found) {
      for (String name : names) {
        JsonNode child = place.value().isObject() ? place.value().get(name) : null;
        if (child != null) {
          found.accept(Match.field(place.value(), name, child));
        }
      }
    }
  }

  /** {@code [0]}, {@code [-1]}, {@code [0,2]}. */
  record Indexes(List<Integer> indexes) implements Step {
    @Override
    public void from(Match place, Search search, Consumer<Match> found) {
      JsonNode array = place.value();
      for (int index : indexes) {
        int at = index < 0 ? array.size() + index : index;
        if (array.isArray() && at >= 0 && at < array.size()) {
          found.accept(Match.element(array, at));
        }
      }
    }
  }

  /** {@code [start:end:step]}. */
  record Slice(@Nullable Integer start, @Nullable Integer end, int step) implements Step {
    @Override
    public void from(Match place, Search search, Consumer<Match> found) {
      JsonNode array = place.value();
      if (!array.isArray()) {
        return;
      }
      int size = array.size();
      long last = end == null ? size : Math.min(size, end < 0 ? (long) size + end : end);
      long first = start == null ? 0 : Math.max(0, start < 0 ? (long) size + start : start);
      for (long at = first; at < last; at += step) {
        found.accept(Match.element(array, (int) at));
      }
    }
  }

  /** {@code .*}, {@code [*]}. */
  record All() implements Step {
    @Override
    public void from(Match place, Search search, Consumer<Match> found) {
      children(place.value(), found);
    }
  }

  /** {@code ..}: the place itself and everything in it. */
  record Descend() implements Step {
    @Override
    public void from(Match place, Search search, Consumer<Match> found) {
      found.accept(place);
      children(place.value(), child -> from(child, search, found));
    }
  }

  /** {@code [?(@.price < 10)]}. */
  record Where(Filter filter) implements Step {
    @Override
    public void from(Match place, Search search, Consumer<Match> found) {
      children(
          place.value(),
          child -> {
            if (filter.holds(child.value(), search)) {
              found.accept(child);
            }
          });
    }
  }

  private static void children(JsonNode node, Consumer<Match> found) {
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        found.accept(Match.field(node, field.getKey(), field.getValue()));
      }
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        found.accept(Match.element(node, i));
      }
    }
  }
}

package dev.terrace.kv.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terrace.kv.data.KvError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A path into a document. One that begins with {@code $} is a JSONPath and stands for all places it
 * leads to; any other is of the older language of RedisJSON, and stands for the first.
 *
 * @param text as the client wrote it
 * @param legacy whether it is of the older language
 */
public record JsonPath(String text, boolean legacy, List<Step> steps) {

  /** The whole document, in the older language. */
  public static final JsonPath LEGACY_ROOT = new JsonPath(".", true, List.of());

  /** Reads a path. */
  public static JsonPath of(String text) throws KvError {
    return new JsonPathParser(text).whole();
  }

  /** Whether it is the whole document. */
  public boolean isRoot() {
    return steps.isEmpty();
  }

  /** The places that it leads to, in the document's order. */
  public List<Match> in(JsonNode document) throws KvError {
    try {
      return search(document, new Search(document));
    } catch (Search.TooMany e) {
      throw KvError.of("path '" + text + "' leads past more than " + Search.PLACES_MAX + " places");
    }
  }

  List<Match> search(JsonNode start, Search search) {
    List<Match> places = List.of(Match.root(start));
    for (Step step : steps) {
      List<Match> next = new ArrayList<>();
      for (Match place : places) {
        step.from(
            place,
            search,
            found -> {
              search.passed();
              next.add(found);
            });
      }
      places = next;
    }
    return places;
  }

  /** The field that it would add to objects that lack it: the last step, if that is one name. */
  public Optional<String> lastName() {
    return !steps.isEmpty()
            && steps.getLast() instanceof Step.Names(List<String> names)
            && names.size() == 1
        ? Optional.of(names.getFirst())
        : Optional.empty();
  }

  /** Whether each step leads to one place at most, so that something may be added there. */
  public boolean isStatic() {
    return steps.stream()
        .allMatch(step ->
            (step instanceof Step.Names(List<String> names) && names.size() == 1)
                || (step instanceof Step.Indexes(List<Integer> at) && at.size() == 1));
  }

  /** The path without its last step. */
  public JsonPath parent() {
    return new JsonPath(text, legacy, steps.subList(0, steps.size() - 1));
  }

  /** The error that it leads nowhere. */
  public KvError missing() {
    return KvError.of("Path '" + text + "' does not exist");
  }
}

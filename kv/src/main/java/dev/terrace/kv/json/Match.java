package dev.terrace.kv.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * A place in a document that a path has found.
 *
 * @param parent the object or array that it is in, or null for the whole document
 * @param key its name in an object
 * @param index its place in an array
 */
public record Match(@Nullable JsonNode parent, String key, int index, JsonNode value) {

  static Match root(JsonNode document) {
    return new Match(null, "", 0, document);
  }

  static Match field(JsonNode parent, String key, JsonNode value) {
    return new Match(parent, key, 0, value);
  }

  static Match element(JsonNode parent, int index) {
    return new Match(parent, "", index, parent.get(index));
  }

  /** Whether it is the whole document. */
  public boolean isRoot() {
    return parent == null;
  }

  /** Puts something else in its place, unless it is the whole document. */
  public void replace(JsonNode by) {
    if (parent instanceof ObjectNode object) {
      object.set(key, by);
    } else if (parent instanceof ArrayNode array && index < array.size()) {
      array.set(index, by);
    }
  }

  /** Takes it out; whether it was still there. */
  public boolean remove() {
    if (parent instanceof ObjectNode object) {
      return object.remove(key) != null;
    }
    if (parent instanceof ArrayNode array && index < array.size()) {
      array.remove(index);
      return true;
    }
    return false;
  }
}

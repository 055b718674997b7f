package dev.terrace.kv.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.terrace.kv.command.Command.Action.Write;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.command.Command.Reply;
import dev.terrace.kv.command.Command.Shape;
import dev.terrace.kv.command.JsonCalls.Edited;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.json.JsonPath;
import dev.terrace.kv.json.JsonText;
import dev.terrace.kv.json.Match;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The commands that change documents, as RedisJSON does; JsonArrayWrites has those on arrays. */
final class JsonWrites {

  private JsonWrites() {}

  static List<Command> all() {
    return List.of(
        one("json.set", -4, JsonWrites::set, "Sets a document, or a part of it."),
        one("json.merge", 4, JsonWrites::merge, "Merges values into a document."),
        one("json.del", -2, JsonWrites::delete, "Removes a document, or parts of it."),
        one("json.forget", -2, JsonWrites::delete, "Removes a document, or parts of it."),
        one("json.clear", -2, JsonWrites::clear, "Empties arrays and objects; numbers become 0."),
        one("json.toggle", -2, JsonWrites::toggle, "Turns true into false and back."),
        one("json.strappend", -3, JsonWrites::strappend, "Appends to a text."),
        one("json.numincrby", 4, call -> number(call, true), "Adds to a number."),
        one("json.nummultby", 4, call -> number(call, false), "Multiplies a number."),
        new Command(
            "json.mset",
            -4,
            new Keys(1, -1, 3),
            new Write(Shape.JSON, JsonWrites::mset),
            "Sets parts of several documents in one transaction."));
  }

  private static Command one(String name, int arity, Command.Work work, String summary) {
    return new Command(name, arity, Keys.ONE, new Write(Shape.JSON, work), summary);
  }

  private static Reply set(WriteCall call) throws KvError {
    byte[][] args = call.args();
    boolean nx = args.length == 5 && Arguments.is(args[4], "NX");
    boolean xx = args.length == 5 && Arguments.is(args[4], "XX");
    if (args.length > 5 || (args.length == 5 && !nx && !xx)) {
      throw Arguments.syntax();
    }
    boolean set = set(call, 0, Arguments.text(args[2]), args[3], nx, xx);
    return out -> {
      if (set) {
        out.ok();
      } else {
        out.nil();
      }
    };
  }

  private static boolean set(
      WriteCall call, int key, String pathText, byte[] text, boolean nx, boolean xx)
      throws KvError {
    JsonPath path = JsonPath.of(pathText);
    JsonNode value = JsonText.parse(text);
    boolean[] set = {false};
    JsonCalls.change(
        call,
        key,
        document -> {
          set[0] = false;
          if (document == null) {
            if (!path.isRoot()) {
              throw KvError.of("new objects must be created at the root");
            }
            set[0] = !xx;
          } else if (path.isRoot()) {
            set[0] = !nx;
          } else {
            set[0] = put(document, path, value, nx, xx);
            return set[0] ? new Edited.Now(document) : new Edited.Same();
          }
          return set[0] ? new Edited.Now(value) : new Edited.Same();
        });
    return set[0];
  }

  /** Sets the places there are, or adds a field where there is none. */
  private static boolean put(
      JsonNode document, JsonPath path, JsonNode value, boolean nx, boolean xx) throws KvError {
    List<Match> places = path.in(document);
    if (!places.isEmpty()) {
      if (!nx) {
        places.forEach(place -> place.replace(value.deepCopy()));
      }
      return !nx;
    }
    Optional<String> name = path.lastName();
    if (xx) {
      return false;
    }
    if (name.isEmpty()) {
      throw KvError.of("Err wrong static path");
    }
    boolean added = false;
    for (Match parent : path.parent().in(document)) {
      if (parent.value() instanceof ObjectNode object) {
        object.set(name.get(), value.deepCopy());
        added = true;
      }
    }
    return added;
  }

  private static Reply mset(WriteCall call) throws KvError {
    byte[][] args = call.args();
    if (args.length % 3 != 1) {
      throw KvError.of("wrong number of arguments for 'json.mset' command");
    }
    call.writes()
        .together(
            call.places(),
            transaction -> {
              WriteCall inside = call.into(transaction);
              for (int i = 0; i < call.keys().size(); i++) {
                String path = Arguments.text(args[3 * i + 2]);
                set(inside, i, path, args[3 * i + 3], false, false);
              }
              return true;
            });
    return out -> out.ok();
  }

  private static Reply merge(WriteCall call) throws KvError {
    JsonPath path = JsonPath.of(Arguments.text(call.args()[2]));
    JsonNode patch = JsonText.parse(call.args()[3]);
    JsonCalls.change(
        call,
        0,
        document -> {
          if (document == null) {
            if (!path.isRoot()) {
              throw KvError.of("new objects must be created at the root");
            }
            return new Edited.Now(patch);
          }
          if (path.isRoot()) {
            return patch.isNull() ? new Edited.Gone() : new Edited.Now(merged(document, patch));
          }
          List<Match> places = path.in(document);
          if (places.isEmpty()) {
            return put(document, path, patch, false, false)
                ? new Edited.Now(document)
                : new Edited.Same();
          }
          for (Match place : places.reversed()) {
            if (patch.isNull()) {
              place.remove();
            } else {
              place.replace(merged(place.value(), patch));
            }
          }
          return new Edited.Now(document);
        });
    return out -> out.ok();
  }

  /** By RFC 7396: nulls remove, objects are merged, all else is replaced. */
  private static JsonNode merged(@Nullable JsonNode target, JsonNode patch) {
    if (!(patch instanceof ObjectNode changes)) {
      return patch.deepCopy();
    }
    ObjectNode result =
        target instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : changes.properties()) {
      if (field.getValue().isNull()) {
        result.remove(field.getKey());
      } else {
        result.set(field.getKey(), merged(result.get(field.getKey()), field.getValue()));
      }
    }
    return result;
  }

  private static Reply delete(WriteCall call) throws KvError {
    JsonPath path = JsonCalls.path(call.args(), 2);
    long[] deleted = {0};
    JsonCalls.change(
        call,
        0,
        document -> {
          deleted[0] = 0;
          if (document == null) {
            return new Edited.Same();
          }
          if (path.isRoot()) {
            deleted[0] = 1;
            return new Edited.Gone();
          }
          // From the end, so that what is before in an array stays where it was found.
          for (Match place : path.in(document).reversed()) {
            if (place.isRoot()) {
              deleted[0]++;
              return new Edited.Gone();
            }
            deleted[0] += place.remove() ? 1 : 0;
          }
          return deleted[0] == 0 ? new Edited.Same() : new Edited.Now(document);
        });
    return out -> out.number(deleted[0]);
  }

  private static Reply clear(WriteCall call) throws KvError {
    JsonPath path = JsonCalls.path(call.args(), 2);
    long[] cleared = {0};
    JsonCalls.edit(
        call,
        new JsonPath(path.text(), false, path.steps()),
        "",
        (place, edits) -> {
          if (edits.isFresh()) {
            cleared[0] = 0;
          }
          if (place.value() instanceof ArrayNode array && !array.isEmpty()) {
            array.removeAll();
          } else if (place.value() instanceof ObjectNode object && !object.isEmpty()) {
            object.removeAll();
          } else if (place.value().isNumber() && place.value().decimalValue().signum() != 0) {
            edits.replace(place, JsonNodeFactory.instance.numberNode(0));
          } else {
            return null;
          }
          edits.touched();
          cleared[0]++;
          return null;
        });
    return out -> out.number(cleared[0]);
  }

  private static Reply toggle(WriteCall call) throws KvError {
    JsonPath path = JsonCalls.path(call.args(), 2);
    return JsonCalls.edit(
        call,
        path,
        "boolean",
        (place, edits) -> {
          if (!place.value().isBoolean()) {
            return null;
          }
          boolean now = !place.value().booleanValue();
          edits.replace(place, BooleanNode.valueOf(now));
          return path.legacy()
              ? out -> out.bulk(Boolean.toString(now))
              : out -> out.number(now ? 1 : 0);
        });
  }

  private static Reply strappend(WriteCall call) throws KvError {
    byte[][] args = call.args();
    JsonPath path = args.length > 3 ? JsonPath.of(Arguments.text(args[2])) : JsonPath.LEGACY_ROOT;
    JsonNode more = JsonText.parse(args[args.length - 1]);
    if (!more.isTextual()) {
      throw JsonCalls.wrongKind("string", more);
    }
    return JsonCalls.edit(
        call,
        path,
        "string",
        (place, edits) -> {
          if (!place.value().isTextual()) {
            return null;
          }
          String whole = place.value().textValue() + more.textValue();
          edits.replace(place, TextNode.valueOf(whole));
          int length = whole.getBytes(StandardCharsets.UTF_8).length;
          return out -> out.number(length);
        });
  }

  private static Reply number(WriteCall call, boolean add) throws KvError {
    JsonPath path = JsonPath.of(Arguments.text(call.args()[2]));
    JsonNode by = JsonText.parse(call.args()[3]);
    if (!by.isNumber()) {
      throw JsonCalls.wrongKind("number", by);
    }
    List<@Nullable JsonNode> results = new ArrayList<>();
    JsonCalls.edit(
        call,
        path,
        "number",
        (place, edits) -> {
          if (edits.isFresh()) {
            results.clear();
          }
          if (!place.value().isNumber()) {
            results.add(null);
            return null;
          }
          JsonNode result = result(place.value(), by, add);
          edits.replace(place, result);
          results.add(result);
          return out -> {};
        });
    return out -> numbers(path, results, out);
  }

  private static void numbers(
      JsonPath path, List<@Nullable JsonNode> results, dev.terrace.kv.resp.ReplyWriter out) {
    if (out.version3()) {
      out.array(results.size());
      for (JsonNode result : results) {
        if (result == null) {
          out.nil();
        } else if (result.isIntegralNumber()) {
          out.number(result.longValue());
        } else {
          out.real(result.doubleValue());
        }
      }
    } else if (path.legacy()) {
      JsonNode first = results.getFirst();
      out.bulk(first == null ? "null" : JsonText.print(first));
    } else {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      results.forEach(all::add);
      out.bulk(JsonText.print(all));
    }
  }

  /** Whole numbers stay whole while they fit; all else is computed as RedisJSON does, in double. */
  private static JsonNode result(JsonNode a, JsonNode b, boolean add) throws KvError {
    if (a.isIntegralNumber() && b.isIntegralNumber()) {
      BigDecimal exact =
          add
              ? a.decimalValue().add(b.decimalValue())
              : a.decimalValue().multiply(b.decimalValue());
      try {
        return JsonNodeFactory.instance.numberNode(exact.longValueExact());
      } catch (ArithmeticException e) {
        // Too large: a fraction, then.
      }
    }
    double result = add ? a.doubleValue() + b.doubleValue() : a.doubleValue() * b.doubleValue();
    if (Double.isNaN(result) || Double.isInfinite(result)) {
      throw KvError.of("result is not a number");
    }
    return JsonNodeFactory.instance.numberNode(result);
  }
}

package dev.terrace.kv.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terrace.kv.command.Command.Action.Read;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.command.Command.Shape;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.json.JsonPath;
import dev.terrace.kv.json.JsonText;
import dev.terrace.kv.json.Match;
import dev.terrace.kv.resp.ReplyWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands that read documents, as RedisJSON answers them. */
final class JsonReads {

  private static final int PATHS_MAX = 100;
  private static final int FORM_MAX = 64;

  private JsonReads() {}

  static List<Command> all() {
    return List.of(
        one("json.get", -2, JsonReads::get, "The document, or what is at its paths."),
        new Command(
            "json.mget",
            -3,
            new Keys(1, -2, 1),
            new Read(Shape.JSON, JsonReads::mget),
            "What is at a path of several documents."),
        one("json.type", -2, JsonReads::type, "The type of what is at a path."),
        one("json.strlen", -2, JsonReads::strlen, "The length of a text."),
        one("json.arrlen", -2, JsonReads::arrlen, "The length of an array."),
        one("json.arrindex", -4, JsonReads::arrindex, "Where in an array a value is."),
        one("json.objlen", -2, JsonReads::objlen, "How many fields an object has."),
        one("json.objkeys", -2, JsonReads::objkeys, "The names of an object's fields."));
  }

  private static Command one(String name, int arity, Command.Answer answer, String summary) {
    return new Command(name, arity, Keys.ONE, new Read(Shape.JSON, answer), summary);
  }

  private static void get(ReadCall call, ReplyWriter out) throws KvError {
    byte[][] args = call.args();
    String indent = "";
    String newline = "";
    String space = "";
    List<JsonPath> paths = new ArrayList<>();
    for (int i = 2; i < args.length; i++) {
      String word = JsonCalls.upper(args[i]);
      boolean more = i + 1 < args.length;
      if (word.equals("INDENT") && more) {
        indent = Arguments.text(args[++i]);
      } else if (word.equals("NEWLINE") && more) {
        newline = Arguments.text(args[++i]);
      } else if (word.equals("SPACE") && more) {
        space = Arguments.text(args[++i]);
      } else if (!word.equals("NOESCAPE")) {
        paths.add(JsonPath.of(Arguments.text(args[i])));
      }
    }
    if (paths.size() > PATHS_MAX
        || indent.length() + newline.length() + space.length() > FORM_MAX) {
      throw KvError.of(
          "no more than "
              + PATHS_MAX
              + " paths at once, and INDENT, NEWLINE and SPACE of "
              + FORM_MAX
              + " characters together");
    }
    JsonNode document = JsonCalls.document(call, 0);
    if (document == null) {
      out.nil();
      return;
    }
    JsonText.Form form = new JsonText.Form(indent, newline, space);
    out.bulk(JsonText.print(found(document, paths), form));
  }

  private static JsonNode found(JsonNode document, List<JsonPath> paths) throws KvError {
    if (paths.isEmpty()) {
      return document;
    }
    if (paths.size() == 1) {
      return at(document, paths.getFirst(), paths.getFirst().legacy());
    }
    boolean legacy = paths.stream().allMatch(JsonPath::legacy);
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    for (JsonPath path : paths) {
      all.set(path.text(), at(document, path, legacy));
    }
    return all;
  }

  /** The first value at a path, or all as an array. */
  private static JsonNode at(JsonNode document, JsonPath path, boolean legacy) throws KvError {
    List<Match> places = path.in(document);
    if (legacy) {
      return JsonCalls.first(path, places).getFirst().value();
    }
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    places.forEach(place -> all.add(place.value()));
    return all;
  }

  private static void mget(ReadCall call, ReplyWriter out) throws KvError {
    JsonPath path = JsonPath.of(Arguments.text(call.args()[call.args().length - 1]));
    List<@Nullable String> texts = new ArrayList<>();
    for (int i = 0; i < call.entries().length; i++) {
      JsonNode document = JsonCalls.document(call, i);
      boolean there = document != null && !(path.legacy() && path.in(document).isEmpty());
      texts.add(
          document != null && there ? JsonText.print(at(document, path, path.legacy())) : null);
    }
    out.array(texts.size());
    texts.forEach(
        text -> out.bulkOrNil(text == null ? null : text.getBytes(StandardCharsets.UTF_8)));
  }

  private static void type(ReadCall call, ReplyWriter out) throws KvError {
    JsonPath path = JsonCalls.path(call.args(), 2);
    JsonNode document = JsonCalls.document(call, 0);
    // RedisJSON puts whatever it is into one array more for RESP3.
    if (out.version3()) {
      out.array(1);
    }
    if (document == null) {
      out.nil();
      return;
    }
    List<Match> places = path.in(document);
    if (path.legacy() && places.isEmpty()) {
      out.nil();
      return;
    }
    List<Command.@Nullable Reply> replies = new ArrayList<>();
    for (Match place : path.legacy() ? places.subList(0, 1) : places) {
      String type = JsonCalls.type(place.value());
      replies.add(o -> o.bulk(type));
    }
    JsonCalls.write(path, replies, out);
  }

  private static void strlen(ReadCall call, ReplyWriter out) throws KvError {
    JsonCalls.answer(
        call,
        "string",
        value -> {
          int length =
              value.isTextual() ? value.textValue().getBytes(StandardCharsets.UTF_8).length : 0;
          return value.isTextual() ? o -> o.number(length) : null;
        },
        out);
  }

  private static void arrlen(ReadCall call, ReplyWriter out) throws KvError {
    JsonCalls.answer(
        call, "array", value -> value.isArray() ? o -> o.number(value.size()) : null, out);
  }

  private static void objlen(ReadCall call, ReplyWriter out) throws KvError {
    JsonCalls.answer(
        call, "object", value -> value.isObject() ? o -> o.number(value.size()) : null, out);
  }

  private static void objkeys(ReadCall call, ReplyWriter out) throws KvError {
    JsonCalls.answer(
        call,
        "object",
        value ->
            value.isObject()
                ? o -> {
                  o.array(value.size());
                  value.fieldNames().forEachRemaining(o::bulk);
                }
                : null,
        out);
  }

  private static void arrindex(ReadCall call, ReplyWriter out) throws KvError {
    byte[][] args = call.args();
    JsonNode wanted = JsonText.parse(args[3]);
    int start = args.length > 4 ? JsonCalls.index(args[4]) : 0;
    int stop = args.length > 5 ? JsonCalls.index(args[5]) : 0;
    JsonCalls.answer(
        call,
        "array",
        value -> {
          int at = value.isArray() ? indexOf(value, wanted, start, stop) : -1;
          return value.isArray() ? o -> o.number(at) : null;
        },
        out);
  }

  /** The first index from start on and before stop, of which 0 is the end. */
  private static int indexOf(JsonNode array, JsonNode wanted, int start, int stop) {
    int size = array.size();
    int from = Math.max(0, start < 0 ? size + start : start);
    int to = Math.min(size, stop == 0 ? size : stop < 0 ? size + stop : stop);
    for (int i = from; i < to; i++) {
      if (same(array.get(i), wanted)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean same(JsonNode a, JsonNode b) {
    return (a.isNumber() && b.isNumber())
        ? (a.isIntegralNumber() == b.isIntegralNumber())
            && (a.decimalValue().compareTo(b.decimalValue()) == 0)
        : a.equals(b);
  }
}

package dev.terrace.kv.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.terrace.kv.command.Command.Action.Write;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.command.Command.Reply;
import dev.terrace.kv.command.Command.Shape;
import dev.terrace.kv.command.JsonCalls.Edits;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.json.JsonPath;
import dev.terrace.kv.json.JsonText;
import java.util.ArrayList;
import java.util.List;

/** The commands that change arrays in documents. */
final class JsonArrayWrites {

  private JsonArrayWrites() {}

  static List<Command> all() {
    return List.of(
        one("json.arrappend", -4, JsonArrayWrites::append, "Appends to an array."),
        one("json.arrinsert", -5, JsonArrayWrites::insert, "Inserts into an array."),
        one("json.arrpop", -2, JsonArrayWrites::pop, "Takes an element out of an array."),
        one("json.arrtrim", 5, JsonArrayWrites::trim, "Leaves a part of an array."));
  }

  private static Command one(String name, int arity, Command.Work work, String summary) {
    return new Command(name, arity, Keys.ONE, new Write(Shape.JSON, work), summary);
  }

  /** An edit of one array. */
  @FunctionalInterface
  private interface ArrayEdit {
    Reply of(ArrayNode array, Edits edits) throws KvError;
  }

  /** Edits the arrays at a path; what else is there stays, and is answered with nil. */
  private static Reply edit(WriteCall call, JsonPath path, ArrayEdit edit) throws KvError {
    return JsonCalls.edit(
        call,
        path,
        "array",
        (place, edits) -> place.value() instanceof ArrayNode array ? edit.of(array, edits) : null);
  }

  private static List<JsonNode> values(byte[][] args, int from) throws KvError {
    List<JsonNode> values = new ArrayList<>();
    for (int i = from; i < args.length; i++) {
      values.add(JsonText.parse(args[i]));
    }
    return values;
  }

  private static Reply append(WriteCall call) throws KvError {
    List<JsonNode> values = values(call.args(), 3);
    return edit(
        call,
        JsonPath.of(Arguments.text(call.args()[2])),
        (array, edits) -> {
          values.forEach(value -> array.add(value.<JsonNode>deepCopy()));
          edits.touched();
          int size = array.size();
          return out -> out.number(size);
        });
  }

  private static Reply insert(WriteCall call) throws KvError {
    int index = JsonCalls.index(call.args()[3]);
    List<JsonNode> values = values(call.args(), 4);
    return edit(
        call,
        JsonPath.of(Arguments.text(call.args()[2])),
        (array, edits) -> {
          long at = index < 0 ? (long) array.size() + index : index;
          if (at < 0 || at > array.size()) {
            throw KvError.of("index out of bounds");
          }
          for (int i = 0; i < values.size(); i++) {
            array.insert((int) at + i, values.get(i).<JsonNode>deepCopy());
          }
          edits.touched();
          int size = array.size();
          return out -> out.number(size);
        });
  }

  private static Reply pop(WriteCall call) throws KvError {
    int index = call.args().length > 3 ? JsonCalls.index(call.args()[3]) : -1;
    return edit(
        call,
        JsonCalls.path(call.args(), 2),
        (array, edits) -> {
          if (array.isEmpty()) {
            return out -> out.nil();
          }
          // What is beyond an end is that end.
          long wanted = index < 0 ? (long) array.size() + index : index;
          int at = (int) Math.clamp(wanted, 0L, array.size() - 1L);
          String taken = JsonText.print(array.remove(at));
          edits.touched();
          return out -> out.bulk(taken);
        });
  }

  private static Reply trim(WriteCall call) throws KvError {
    int start = JsonCalls.index(call.args()[3]);
    int stop = JsonCalls.index(call.args()[4]);
    return edit(
        call,
        JsonPath.of(Arguments.text(call.args()[2])),
        (array, edits) -> {
          long first = Math.max(0, start < 0 ? (long) array.size() + start : start);
          long last = Math.min(array.size() - 1L, stop < 0 ? (long) array.size() + stop : stop);
          List<JsonNode> kept = new ArrayList<>();
          for (long i = first; i <= last; i++) {
            kept.add(array.get((int) i));
          }
          array.removeAll();
          array.addAll(kept);
          edits.touched();
          return out -> out.number(kept.size());
        });
  }
}

package dev.terrace.kv.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terrace.engine.Change;
import dev.terrace.engine.Field;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.json.JsonPath;
import dev.terrace.kv.json.JsonText;
import dev.terrace.kv.json.Match;
import dev.terrace.kv.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What the commands on documents have in common: how they read, change and answer. */
final class JsonCalls {

  private JsonCalls() {}

  /** The path that the word at that place is, or the whole document if there is none. */
  static JsonPath path(byte[][] args, int at) throws KvError {
    return args.length > at ? JsonPath.of(Arguments.text(args[at])) : JsonPath.LEGACY_ROOT;
  }

  /** The document of a key, or null. */
  static @Nullable JsonNode document(ReadCall call, int key) throws KvError {
    byte[] text =
        call.entries()[key].exists(call.nowMillis()) ? call.entries()[key].value(0) : null;
    return text == null ? null : JsonText.parse(text);
  }

  /** What something says of one place, or nothing if it is not for values of that kind. */
  @FunctionalInterface
  interface Look {
    /** The answer, or null for a value of another kind. */
    Command.@Nullable Reply at(JsonNode value) throws KvError;
  }

  /** Answers for all places of a path, or for the first in the older language. */
  static void answer(ReadCall call, String kind, Look look, ReplyWriter out) throws KvError {
    JsonPath path = path(call.args(), 2);
    JsonNode document = document(call, 0);
    if (document == null) {
      if (!path.legacy()) {
        throw noKey();
      }
      out.nil();
      return;
    }
    List<Match> places = path.in(document);
    List<Command.@Nullable Reply> replies = new ArrayList<>();
    for (Match place : path.legacy() ? first(path, places) : places) {
      replies.add(look.at(place.value()));
    }
    if (path.legacy() && replies.getFirst() == null) {
      throw wrongKind(kind, places.getFirst().value());
    }
    write(path, replies, out);
  }

  static List<Match> first(JsonPath path, List<Match> places) throws KvError {
    if (places.isEmpty()) {
      throw path.missing();
    }
    return places.subList(0, 1);
  }

  static void write(JsonPath path, List<Command.@Nullable Reply> replies, ReplyWriter out) {
    if (!path.legacy()) {
      out.array(replies.size());
    }
    for (Command.Reply reply : replies) {
      if (reply == null) {
        out.nil();
      } else {
        reply.write(out);
      }
    }
  }

  static KvError noKey() {
    return KvError.of("could not perform this operation on a key that doesn't exist");
  }

  static KvError wrongKind(String kind, JsonNode found) {
    return KvError.of(
        "WRONGTYPE", "wrong type of path value - expected " + kind + " but found " + type(found));
  }

  /** The type as RedisJSON names it. */
  static String type(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "array";
      case BOOLEAN -> "boolean";
      case NUMBER -> node.isIntegralNumber() ? "integer" : "number";
      case OBJECT -> "object";
      case STRING -> "string";
      case NULL, BINARY, MISSING, POJO -> "null";
    };
  }

  /** What becomes of a document. */
  sealed interface Edited {
    /** It stays as it is. */
    record Same() implements Edited {}

    /** It is gone. */
    record Gone() implements Edited {}

    /** It is this. */
    record Now(JsonNode document) implements Edited {}
  }

  /** Changes a document. */
  @FunctionalInterface
  interface Edit {
    /** What becomes of it; it may be changed in place. */
    Edited of(@Nullable JsonNode document) throws KvError;
  }

  /** Changes the document of a key; its expiry stays. */
  static void change(WriteCall call, int key, Edit edit) throws KvError {
    Collection c = call.collections().get(key);
    AtomicReference<@Nullable KvError> refused = new AtomicReference<>();
    call.write(
        key,
        before -> {
          refused.set(null);
          boolean live = c.isLive(before, call.nowMillis());
          byte[] text = live ? before.orElseThrow().value(c.valueColumn()) : null;
          try {
            return switch (edit.of(text == null ? null : JsonText.parse(text))) {
              case Edited.Same() -> new Change.Keep();
              case Edited.Gone() -> before.isPresent() ? new Change.Delete() : new Change.Keep();
              case Edited.Now(JsonNode now) ->
                  StringWrites.put(
                      before, live, List.of(Field.of(c.valueColumn(), JsonText.print(now))));
            };
          } catch (KvError e) {
            refused.set(e);
            return new Change.Keep();
          }
        });
    KvError why = refused.get();
    if (why != null) {
      throw why;
    }
  }

  /** Changes one place and says what is answered for it. */
  @FunctionalInterface
  interface PlaceEdit {
    /** The answer, or null for a value of another kind, which stays. */
    Command.@Nullable Reply at(Match place, Edits edits) throws KvError;
  }

  /** The document while its places are edited. */
  static final class Edits {
    private JsonNode document;
    private boolean changed;
    private boolean asked;

    private Edits(JsonNode document) {
      this.document = document;
    }

    /** Whether this is the first question about it: of a run that may be one more. */
    boolean isFresh() {
      boolean fresh = !asked;
      asked = true;
      return fresh;
    }

    /** Puts a value in a place. */
    void replace(Match place, JsonNode by) {
      changed = true;
      if (place.isRoot()) {
        document = by;
      } else {
        place.replace(by);
      }
    }

    /** Something was changed in place. */
    void touched() {
      changed = true;
    }
  }

  /** Edits all places of a path, or the first in the older language. */
  static Command.Reply edit(WriteCall call, JsonPath path, String kind, PlaceEdit edit)
      throws KvError {
    List<Command.@Nullable Reply> replies = new ArrayList<>();
    change(
        call,
        0,
        document -> {
          replies.clear();
          if (document == null) {
            throw noKey();
          }
          Edits edits = new Edits(document);
          List<Match> places = path.in(document);
          for (Match place : path.legacy() ? first(path, places) : places) {
            replies.add(edit.at(place, edits));
          }
          if (path.legacy() && replies.getFirst() == null) {
            throw wrongKind(kind, places.getFirst().value());
          }
          return edits.changed ? new Edited.Now(edits.document) : new Edited.Same();
        });
    return out -> write(path, replies, out);
  }

  static int index(byte[] word) throws KvError {
    long number = Arguments.number(word);
    return Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  static String upper(byte[] word) {
    return Arguments.text(word).toUpperCase(Locale.ROOT);
  }
}

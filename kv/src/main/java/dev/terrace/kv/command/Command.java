package dev.terrace.kv.command;

import dev.terrace.config.CollectionConfig;
import dev.terrace.kv.acl.User;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.resp.ReplyWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One command: its name and shape as {@code COMMAND INFO} shows them, and what it does.
 *
 * @param name in lower case
 * @param arity how many words it takes, itself included; negative: at least so many
 * @param keys where its keys are
 */
public record Command(String name, int arity, Keys keys, Action action, String summary) {

  /** The first key's place, the last one's (negative: from the end), and the step between. */
  public record Keys(int first, int last, int step) {
    static final Keys NONE = new Keys(0, 0, 0);
    static final Keys ONE = new Keys(1, 1, 1);
    static final Keys ALL = new Keys(1, -1, 1);
    static final Keys PAIRS = new Keys(1, -1, 2);
  }

  /** What kinds of keys a command is for. */
  public enum Shape {
    /** Keys that hold one value that is text or a number. */
    STRING,
    /** Keys that hold fields. */
    HASH,
    /** Keys that hold a document. */
    JSON,
    /** Any. */
    ANY;

    /** Whether a collection of that shape has such keys. */
    public boolean fits(CollectionConfig.Shape shape) {
      return switch (shape) {
        case STRING, COUNTER -> this == STRING || this == ANY;
        case HASH -> this == HASH || this == ANY;
        case JSON -> this == JSON || this == ANY;
      };
    }
  }

  /** What a command does. */
  public sealed interface Action {

    /** It is answered from what this node knows. */
    @FunctionalInterface
    non-sealed interface Local extends Action {
      /** Answers. */
      void run(Session session, byte[][] args, ReplyWriter out) throws KvError;
    }

    /** It is answered from the entries of its keys, kept or loaded. */
    record Read(Shape shape, Answer answer) implements Action {}

    /** It changes rows; it blocks, on a virtual thread. */
    record Write(Shape shape, Work work) implements Action {}

    /** It goes through the keys of collections, page by page; it blocks, on a virtual thread. */
    record Scan(Walk walk) implements Action {}

    /** It is about transactions. */
    enum Transactional implements Action {
      MULTI,
      EXEC,
      DISCARD,
      WATCH,
      UNWATCH
    }

    /** It exists in Redis, but not here. */
    record Refused(String why) implements Action {}
  }

  /** Writes the answer to a read. */
  @FunctionalInterface
  public interface Answer {
    /** Called on the event loop. */
    void write(ReadCall call, ReplyWriter out) throws KvError;
  }

  /** Does a write. */
  @FunctionalInterface
  public interface Work {
    /** Called on a virtual thread. */
    Reply run(WriteCall call) throws KvError;
  }

  /** Goes through keys. */
  @FunctionalInterface
  public interface Walk {
    /** Called on a virtual thread. */
    Reply run(ScanCall call) throws KvError;
  }

  /** An answer that waits to be written. */
  @FunctionalInterface
  public interface Reply {
    /** Called on the event loop. */
    void write(ReplyWriter out);
  }

  /** Whether that many words fit. */
  public boolean takes(int words) {
    return arity >= 0 ? words == arity : words >= -arity;
  }

  /** Why a user may not run it with those words, if it may not; in Redis's words. */
  public Optional<String> denied(User user, byte[][] args) {
    switch (name) {
      case "auth", "hello", "quit", "reset" -> {
        return Optional.empty();
      }
      default -> {
        // Asked below.
      }
    }
    if (!user.mayRun(name, args)) {
      return Optional.of(
          "this user has no permissions to run the '" + User.fullName(name, args) + "' command");
    }
    return deniedKey(user, args) == null
        ? Optional.empty()
        : Optional.of("this user has no permissions to access one of the keys used as arguments");
  }

  /** The first key that a user may not use so, or null. */
  byte @Nullable [] deniedKey(User user, byte[][] args) {
    int last = keys.last() < 0 ? args.length + keys.last() : keys.last();
    for (int i = keys.first(); i > 0 && i <= last && i < args.length; i += keys.step()) {
      if (!user.mayUse(args[i], name, args)) {
        return args[i];
      }
    }
    return null;
  }

  /** Whether it changes anything in a store. */
  public boolean writes() {
    return action instanceof Action.Write;
  }
}

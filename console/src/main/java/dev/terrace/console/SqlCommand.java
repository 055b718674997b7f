package dev.terrace.console;

import dev.terrace.config.file.Written;
import dev.terrace.console.SqlOperation.Paused;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Operates the SQL front: {@code POST /api/sql/pause?store=S&shard=N&what=writes&wait=10s}, {@code
 * /api/sql/resume?store=S&shard=N} and {@code /api/sql/kill?client=ID} or {@code ?user=U}, {@code
 * /api/sql/purge?store=S}.
 */
record SqlCommand(Sources sources, Verb verb) implements Routes.Endpoint {

  enum Verb {
    PAUSE,
    RESUME,
    PURGE,
    KILL
  }

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
  private static final String WAIT = "10s";

  /** A pause, as answers tell of it. */
  private record Scope(String store, @Nullable Integer shard, String what) {
    static Scope of(Paused paused) {
      return new Scope(
          paused.store(),
          paused.shard().isPresent() ? (Integer) paused.shard().getAsInt() : null,
          paused.writesOnly() ? "writes" : "everything");
    }
  }

  /** What was paused, and how many sessions still run what began before. */
  private record Begun(Scope paused, int running) {}

  private record Ended(List<Scope> resumed) {}

  private record Purged(int purged) {}

  private record Killed(int killed) {}

  @Override
  public Answer answer(Call call) {
    try {
      return switch (verb) {
        case PAUSE -> pause(call);
        case RESUME -> resume(call);
        case PURGE -> purge(call);
        case KILL -> kill(call);
      };
    } catch (IllegalArgumentException e) {
      return Answer.problem(
          Answer.BAD_REQUEST,
          String.valueOf(e.getMessage()),
          "see docs/reference/admin-api.md for the form");
    }
  }

  private Answer pause(Call call) {
    String what = call.query().getOrDefault("what", "everything").toLowerCase(Locale.ROOT);
    if (!what.equals("writes") && !what.equals("everything")) {
      throw new IllegalArgumentException("what is writes or everything, not '" + what + "'");
    }
    String waits = call.query().getOrDefault("wait", "");
    Duration patience = Written.duration(waits.isEmpty() ? WAIT : waits);
    return store(
        call,
        (store, shard) -> {
          Paused paused = new Paused(store, shard, what.equals("writes"));
          int running = sources.sql().pause(paused, patience);
          return Answer.json(Answer.OK, new Begun(Scope.of(paused), running));
        });
  }

  private Answer resume(Call call) {
    return store(
        call,
        (store, shard) -> {
          List<Paused> ended = sources.sql().resume(store, shard);
          return ended.isEmpty()
              ? Answer.problem(
                  Answer.CONFLICT,
                  "nothing of that was paused",
                  "paused are: " + sources.sql().paused().stream().map(Scope::of).toList())
              : Answer.json(Answer.OK, new Ended(ended.stream().map(Scope::of).toList()));
        });
  }

  @FunctionalInterface
  private interface Doing {
    Answer with(String store, OptionalInt shard);
  }

  private Answer store(Call call, Doing doing) {
    List<String> stores = sources.sql().stores();
    String named = call.query().getOrDefault("store", "");
    String store = named.isEmpty() && stores.size() == 1 ? stores.getFirst() : named;
    if (!stores.contains(store)) {
      return Answer.problem(
          Answer.NOT_FOUND,
          "the SQL front serves no store '" + store + "'",
          "name one with store=: " + stores);
    }
    OptionalInt shard = number(call, "shard");
    var config = sources.file().databases().get(store);
    int shards = config == null ? 0 : config.shards().size();
    if (shard.isPresent() && shard.getAsInt() >= shards) {
      return Answer.problem(
          Answer.NOT_FOUND,
          "store '" + store + "' has no shard " + shard.getAsInt(),
          "its shards are 0 to " + (shards - 1));
    }
    return doing.with(store, shard);
  }

  private Answer purge(Call call) {
    return store(
        call, (store, shard) -> Answer.json(Answer.OK, new Purged(sources.sql().purge(store))));
  }

  private Answer kill(Call call) {
    OptionalInt client = number(call, "client");
    String user = call.query().getOrDefault("user", "");
    if (client.isEmpty() == user.isEmpty()) {
      throw new IllegalArgumentException("name a client or a user");
    }
    int killed = sources.sql().kill(client, user);
    return killed == 0
        ? Answer.problem(
            Answer.NOT_FOUND,
            client.isPresent()
                ? "there is no client " + client.getAsInt()
                : "user '" + user + "' has no clients",
            "clients are listed at /api/sql?view=clients, and in terrace.clients")
        : Answer.json(Answer.OK, new Killed(killed));
  }

  private static OptionalInt number(Call call, String name) {
    String text = call.query().getOrDefault(name, "");
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    if (!NUMBER.matcher(text).matches() || Long.parseLong(text) > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(name + " is a number, not '" + text + "'");
    }
    return OptionalInt.of(Integer.parseInt(text));
  }
}

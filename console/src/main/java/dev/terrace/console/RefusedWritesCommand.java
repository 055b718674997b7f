package dev.terrace.console;

import dev.terrace.console.RefusedWrites.Refused;
import dev.terrace.console.RefusedWrites.Which;
import java.util.List;
import java.util.Optional;

/**
 * The writes that stores refuse: {@code GET /api/kv/dead-letters}, and {@code POST
 * /api/kv/dead-letters/replay?collection=C&key=C:ID} and {@code /api/kv/dead-letters/drop?...},
 * where what is left out means any.
 */
record RefusedWritesCommand(Sources sources, Verb verb) implements Routes.Endpoint {

  enum Verb {
    LIST,
    REPLAY,
    DROP
  }

  private record Listed(List<Refused> deadLetters) {}

  private record Replayed(int replayed) {}

  private record Dropped(int dropped) {}

  @Override
  public Answer answer(Call call) {
    Which which = new Which(named(call, "collection"), named(call, "key"));
    try {
      return Answer.json(
          Answer.OK,
          switch (verb) {
            case LIST -> new Listed(sources.refusedWrites().all());
            case REPLAY -> new Replayed(sources.refusedWrites().replay(which));
            case DROP -> new Dropped(sources.refusedWrites().drop(which));
          });
    } catch (IllegalStateException e) {
      return Answer.problem(
          Answer.CONFLICT, String.valueOf(e.getMessage()), "try again once there is room");
    }
  }

  private static Optional<String> named(Call call, String name) {
    String value = call.query().getOrDefault(name, "");
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }
}

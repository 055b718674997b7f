package dev.terrace.kv.command;

import dev.terrace.kv.data.KeyWalk.Position;
import dev.terrace.kv.data.KvError;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * How far SCANs have come, by the number that their clients were given. Those that were asked for
 * longest ago are forgotten when there are too many.
 */
final class Cursors {

  private final Map<Long, Position> positions = new LinkedHashMap<>(16, 0.75f, true);

  synchronized long note(Position position, int max) {
    long number = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    positions.put(number, position);
    if (positions.size() > max) {
      positions.remove(positions.keySet().iterator().next());
    }
    return number;
  }

  /** Where that one is; one that was used may be used again. */
  synchronized Position find(String word) throws KvError {
    if (!word.matches("[0-9]{1,20}")) {
      throw KvError.of("invalid cursor");
    }
    if (word.matches("0+")) {
      return Position.START;
    }
    @Nullable Position position = null;
    try {
      position = positions.get(Long.parseLong(word));
    } catch (NumberFormatException e) {
      // Not one of ours.
    }
    if (position == null) {
      throw KvError.of(
          "cursor " + word + " is unknown on this node or too old: begin again with cursor 0");
    }
    return position;
  }
}

package dev.terrace.console;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A system that serves no SQL. */
final class NoSqlFront implements SqlOperation {

  @Override
  public Map<String, List<Map<String, @Nullable Object>>> views() {
    return Map.of();
  }

  @Override
  public List<String> stores() {
    return List.of();
  }

  @Override
  public List<Paused> paused() {
    return List.of();
  }

  @Override
  public int pause(Paused what, Duration patience) {
    throw new IllegalStateException("there is nothing to pause");
  }

  @Override
  public List<Paused> resume(String store, OptionalInt shard) {
    return List.of();
  }

  @Override
  public int purge(String store) {
    return 0;
  }

  @Override
  public int kill(OptionalInt client, String user) {
    return 0;
  }
}

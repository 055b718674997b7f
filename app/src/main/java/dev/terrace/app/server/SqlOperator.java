package dev.terrace.app.server;

import dev.terrace.console.SqlOperation;
import dev.terrace.sql.SqlFront;
import dev.terrace.sql.operate.Pause;
import dev.terrace.sql.operate.PauseScope;
import dev.terrace.sql.operate.PauseScope.What;
import dev.terrace.sql.plan.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Operates the SQL front as the console asks; the pauses it begins are the operator's. */
final class SqlOperator implements SqlOperation {

  private final SqlFront front;
  private final Map<Paused, Pause> pauses = new LinkedHashMap<>();

  SqlOperator(SqlFront front) {
    this.front = front;
  }

  @Override
  public Map<String, List<Map<String, @Nullable Object>>> views() {
    Map<String, List<Map<String, @Nullable Object>>> all = new LinkedHashMap<>();
    Map<View, List<List<@Nullable Object>>> looked = front.look(EnumSet.allOf(View.class)).join();
    for (View view : View.values()) {
      List<Map<String, @Nullable Object>> rows = new ArrayList<>();
      for (List<@Nullable Object> row : looked.getOrDefault(view, List.of())) {
        rows.add(named(view, row));
      }
      all.put(view.table(), rows);
    }
    return all;
  }

  private static Map<String, @Nullable Object> named(View view, List<@Nullable Object> row) {
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    for (int i = 0; i < row.size(); i++) {
      named.put(view.names().get(i), row.get(i));
    }
    return named;
  }

  @Override
  public List<String> stores() {
    return front.storeNames().stream().sorted().toList();
  }

  @Override
  public synchronized List<Paused> paused() {
    return List.copyOf(pauses.keySet());
  }

  @Override
  public int pause(Paused what, Duration patience) {
    return begin(what).drained(patience).join();
  }

  private synchronized Pause begin(Paused what) {
    return pauses.computeIfAbsent(
        what,
        w ->
            front
                .pauses()
                .begin(
                    new PauseScope(
                        w.store(), w.shard(), w.writesOnly() ? What.WRITES : What.EVERYTHING)));
  }

  @Override
  public synchronized List<Paused> resume(String store, OptionalInt shard) {
    List<Paused> over = new ArrayList<>();
    for (Paused paused : List.copyOf(pauses.keySet())) {
      boolean meant =
          paused.store().equals(store) && (shard.isEmpty() || shard.equals(paused.shard()));
      Pause pause = meant ? pauses.remove(paused) : null;
      if (pause != null) {
        pause.resume();
        over.add(paused);
      }
    }
    return over;
  }

  @Override
  public int purge(String store) {
    return front.purge(store);
  }

  @Override
  public int kill(OptionalInt client, String user) {
    return front.kill(client, user).join();
  }
}

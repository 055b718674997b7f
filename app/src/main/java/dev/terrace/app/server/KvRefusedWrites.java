package dev.terrace.app.server;

import dev.terrace.console.RefusedWrites;
import dev.terrace.kv.back.RefusedWrite;
import dev.terrace.kv.back.WriteBack;
import dev.terrace.kv.data.KvError;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/** The key-value front's refused writes, as the console sees them. */
record KvRefusedWrites(WriteBack back) implements RefusedWrites {

  @Override
  public List<Refused> all() {
    return back.deadLetters().stream()
        .map(write ->
            new Refused(
                write.collection(),
                write.key(),
                Instant.ofEpochMilli(write.atMillis()),
                write.change(),
                write.reason()))
        .toList();
  }

  @Override
  public int replay(Which which) {
    return resolve(which, true);
  }

  @Override
  public int drop(Which which) {
    return resolve(which, false);
  }

  private int resolve(Which which, boolean replay) {
    Predicate<RefusedWrite> meant =
        write ->
            which.collection().map(write.collection()::equals).orElse(true)
                && which.key().map(write.key()::equals).orElse(true);
    try {
      return back.resolve(meant, replay);
    } catch (KvError e) {
      throw new IllegalStateException(e.reply(), e);
    }
  }
}

package dev.terrace.kv.pass;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Has the keys of one client's request moved to where they belong before it is sent on. */
final class Moving {

  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  private record Misplaced(Mover mover, byte[] key, int from, int to) {}

  private final Passage passage;
  private int left;
  private boolean placed;
  private boolean again;
  private @Nullable String obstacle;

  Moving(Passage passage) {
    this.passage = passage;
  }

  /** Whether keys are being moved for the request at hand. */
  boolean underWay() {
    return left > 0;
  }

  /** Why a key could not be moved, if one could not. */
  @Nullable String obstacle() {
    return obstacle;
  }

  /** The request at hand was cared for. */
  void next() {
    placed = false;
    obstacle = null;
  }

  /** Whether all keys of the request are where they belong; if not, that is seen to. */
  boolean placed(PassView view, PassCommand command) {
    if (placed) {
      return true;
    }
    List<Misplaced> misplaced = new ArrayList<>();
    KeyPlaces keys = passage.directory().find(command);
    for (int i = 0; i < keys.count(); i++) {
      add(view, keys.get(i), misplaced);
    }
    if (misplaced.isEmpty()) {
      return true;
    }
    left = misplaced.size();
    LoopNodes home = passage.home();
    Consumer<String> done =
        error ->
            home.loop()
                .execute(() -> {
                  if (error.equals(Mover.AGAIN)) {
                    again = true;
                  } else if (!error.isEmpty()) {
                    obstacle = error;
                  }
                  if (--left == 0) {
                    placed = !again;
                    again = false;
                    home.touched(passage);
                  }
                });
    misplaced.forEach(one -> one.mover().want(one.key(), one.from(), one.to(), done));
    return false;
  }

  private void add(PassView view, int word, List<Misplaced> misplaced) {
    RequestFrame frame = passage.frame();
    ByteBuf in = frame.buffer();
    int start = frame.start(word);
    int length = frame.length(word);
    PassStore store = view.of(in, start, length);
    Mover mover = store == null ? null : store.mover();
    if (store == null || mover == null) {
      return;
    }
    int owner = store.ring().owner(in, start, length);
    for (Ring before : store.before()) {
      int former = store.former(before, in, start, length);
      if (former != owner) {
        misplaced.add(new Misplaced(mover, frame.copy(word), former, owner));
      }
    }
  }
}

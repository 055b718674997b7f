package dev.terrace.kv.back;

import dev.terrace.engine.Change;
import dev.terrace.engine.Engine.Modified;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.journal.JournalFailure;
import dev.terrace.kv.journal.JournalFailure.Kind;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A write that was handed to the journal.
 *
 * @param safe done once all that its answer rests on is safe
 */
record Handed(Modified modified, CompletableFuture<@Nullable Void> safe) {

  static final CompletableFuture<@Nullable Void> SAFE = CompletableFuture.completedFuture(null);

  static final Modified UNCHANGED =
      new Modified(Optional.empty(), new Change.Keep(), Optional.empty());

  /** Waits until it is safe; false if it must be made anew. */
  boolean isSafe(Collection c) throws KvError {
    try {
      safe.get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof JournalFailure failure) {
        if (failure.kind() == Kind.OVERTAKEN) {
          return false;
        }
        throw refused(c, failure);
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw KvError.of("INDOUBT", "Terrace is stopping");
    }
  }

  /** What a client is told of a write that the journal did not take. */
  static KvError refused(Collection c, JournalFailure failure) {
    String text = "collection '" + c.name() + "': " + failure.reason();
    return switch (failure.kind()) {
      case BROKEN -> KvError.of("INDOUBT", text);
      case FULL, NO_ROOM, OVERTAKEN, CLOSED, CORRUPT, IN_USE, UNUSABLE -> KvError.of("BUSY", text);
    };
  }
}

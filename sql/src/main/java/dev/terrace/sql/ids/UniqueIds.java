package dev.terrace.sql.ids;

import dev.terrace.core.pool.Address;
import dev.terrace.sql.ids.IdSequence.Lease;
import dev.terrace.sql.server.ServerQueries;
import dev.terrace.sql.server.ServerQueryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives out numbers that no other process with the same store gives out, in the order of time: the
 * next is always greater than the one before, and roughly so across processes. It asks a server for
 * the right to do so when the first is wanted, and every 15 seconds while more are.
 */
public final class UniqueIds {

  private final IdSequence sequence = new IdSequence();
  private final IdLeases leases;
  private final Supplier<Optional<Address>> primary;
  private @Nullable CompletableFuture<Boolean> taking;

  /**
   * For a store.
   *
   * @param primary of its first shard, if there is one now
   */
  public UniqueIds(ServerQueries queries, Supplier<Optional<Address>> primary) {
    this.leases = new IdLeases(queries, System::nanoTime);
    this.primary = primary;
  }

  /**
   * That many numbers: at once while there is the right to give them out. Fails with a {@link
   * ServerQueryException}.
   */
  public CompletableFuture<List<Long>> next(int count) {
    long nanos = System.nanoTime();
    Lease lease = sequence.lease();
    if (lease != null && lease.isHalfOver(nanos)) {
      take();
    }
    List<Long> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      OptionalLong id = sequence.next(nanos);
      if (id.isEmpty()) {
        return take().thenCompose(_ -> next(count));
      }
      ids.add(id.getAsLong());
    }
    return CompletableFuture.completedFuture(ids);
  }

  private synchronized CompletableFuture<Boolean> take() {
    CompletableFuture<Boolean> running = taking;
    if (running != null) {
      return running;
    }
    CompletableFuture<Boolean> begun = new CompletableFuture<>();
    taking = begun;
    Thread.startVirtualThread(() -> take(begun));
    return begun;
  }

  private void take(CompletableFuture<Boolean> begun) {
    try {
      Address server =
          primary
              .get()
              .orElseThrow(() -> new ServerQueryException("57P03", "shard 0 has no primary now"));
      sequence.lease(leases.take(server, sequence.lease()));
      over();
      begun.complete(true);
    } catch (ServerQueryException | RuntimeException e) {
      over();
      begun.completeExceptionally(e);
    }
  }

  private synchronized void over() {
    taking = null;
  }
}

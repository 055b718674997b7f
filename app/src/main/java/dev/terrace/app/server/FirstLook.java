package dev.terrace.app.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a start or a reload waits for: that members were looked for, and each checked once. */
final class FirstLook {

  private static final System.Logger LOG = System.getLogger(FirstLook.class.getName());

  /** How long a start or a reload waits for the members of pools that are looked for. */
  private static final int FIND_SECONDS = 3;

  private static final int CHECK_SECONDS = 30;

  private volatile CompletableFuture<Void> found = CompletableFuture.completedFuture(null);
  private volatile CompletableFuture<Void> checked = CompletableFuture.completedFuture(null);

  /** Waits for members, so that routes to a pool that is looked for do not begin with refusals. */
  void find(CompletableFuture<Void> finding) {
    found = finding;
    await(finding, FIND_SECONDS);
  }

  /** They are being checked. */
  void check(CompletableFuture<Void> checking) {
    checked = checking;
  }

  /** Waits for both. */
  void await() {
    if (!await(CompletableFuture.allOf(found, checked), CHECK_SECONDS)) {
      LOG.log(System.Logger.Level.WARNING, "some members could not be checked yet");
    }
  }

  /** Whether both are done. */
  boolean isDone() {
    return found.isDone() && checked.isDone();
  }

  private static boolean await(CompletableFuture<Void> first, int seconds) {
    try {
      first.get(seconds, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

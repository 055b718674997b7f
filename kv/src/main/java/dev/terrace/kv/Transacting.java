package dev.terrace.kv;

import dev.terrace.kv.Executor.Next;
import dev.terrace.kv.Multi.Queued;
import dev.terrace.kv.Multi.Watched;
import dev.terrace.kv.command.Command;
import dev.terrace.kv.command.Command.Action;
import dev.terrace.kv.command.Service;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.DataTier;
import dev.terrace.kv.data.KeyPlace;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.push.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * MULTI, EXEC and WATCH on keys of tables: what is queued runs in one transaction of the store, on
 * one shard, and reads on the primary.
 */
final class Transacting {

  private static final int WATCHED_MAX = 1000;

  private final Executor executor;
  private final Service service;
  private final Multi multi;

  Transacting(Executor executor, Service service, Multi multi) {
    this.executor = executor;
    this.service = service;
    this.multi = multi;
  }

  /** Remembers the rows of the keys as they are now. */
  void watch(Replies.Slot slot, Command command, byte[][] args) {
    DataTier.View data = service.served().data();
    CommandKeys keys;
    try {
      keys = CommandKeys.of(data, command, Command.Shape.ANY, args);
      if (multi.watched().size() + keys.keys().size() > WATCHED_MAX) {
        throw KvError.of("no more than " + WATCHED_MAX + " keys can be watched");
      }
    } catch (KvError e) {
      executor.answer(slot, command, out -> out.error(e.reply()));
      return;
    }
    executor.busy(true);
    Next again = place -> watch(place, command, args);
    Collection unready = keys.unready();
    if (unready != null) {
      executor.await(slot, command, data, () -> data.reads().learn(unready), again, again);
      return;
    }
    CompletableFuture<List<Watched>> running = new CompletableFuture<>();
    executor.await(
        slot,
        command,
        data,
        () -> start(running, () -> rows(data, keys, args)),
        place -> {
          executor.busy(false);
          multi.watch(running.join());
          executor.answer(place, command, out -> out.ok());
        },
        again);
  }

  private List<Watched> rows(DataTier.View data, CommandKeys keys, byte[][] args) throws KvError {
    List<Watched> rows = new ArrayList<>();
    for (int i = 0; i < keys.keys().size(); i++) {
      byte[] raw = args[i + 1];
      // What is watched already is compared with what it was at first.
      if (!multi.watches(raw)) {
        keys.collections()[i].requireTransactional();
        KeyPlace place = new KeyPlace(keys.collections()[i], keys.keys().get(i));
        rows.add(new Watched(raw, data.writes().current(place)));
      }
    }
    return rows;
  }

  private <T> CompletableFuture<T> start(CompletableFuture<T> running, Callable<T> work) {
    Origin origin = Origin.of(executor.clientNumber(), "exec");
    Thread.ofVirtual()
        .name("kv-transaction")
        .start(() -> {
          try {
            running.complete(ScopedValue.where(Origin.CURRENT, origin).call(work::call));
          } catch (Exception | Error e) {
            running.completeExceptionally(e);
          }
        });
    return running;
  }

  /** Runs what is queued. */
  void exec(Replies.Slot slot, Command command) {
    boolean failed = multi.failed();
    List<Queued> queued = multi.take();
    List<Watched> watched = List.copyOf(multi.watched());
    multi.unwatch();
    if (failed) {
      executor.answer(
          slot,
          command,
          out -> out.error("EXECABORT Transaction discarded because of previous errors."));
      return;
    }
    executor.busy(true);
    run(slot, command, queued, watched);
  }

  private void run(Replies.Slot slot, Command command, List<Queued> queued, List<Watched> watched) {
    DataTier.View data = service.served().data();
    Next again = place -> run(place, command, queued, watched);
    TableTransaction transaction;
    try {
      transaction = TableTransaction.of(service, data, queued, watched);
    } catch (KvError e) {
      executor.busy(false);
      executor.answer(slot, command, out -> out.error(e.reply()));
      return;
    }
    Collection unready = transaction.unready();
    if (unready != null) {
      executor.await(slot, command, data, () -> data.reads().learn(unready), again, again);
      return;
    }
    CompletableFuture<TableTransaction.Outcome> running = new CompletableFuture<>();
    executor.await(
        slot,
        command,
        data,
        () -> start(running, transaction::run),
        place -> {
          executor.busy(false);
          executor.answer(place, command, out -> executor.write(running.join(), out));
        },
        again);
  }

  /** Complains of what cannot be undone with the rest. */
  static void requireTransactional(Command command, CommandKeys keys) throws KvError {
    if (command.action() instanceof Action.Write) {
      keys.writable();
    }
    for (Collection c : keys.collections()) {
      if (c != null) {
        c.requireTransactional();
      }
    }
  }
}

package dev.terrace.kv;

import dev.terrace.kv.Executor.Next;
import dev.terrace.kv.command.Command;
import dev.terrace.kv.command.Command.Action.Write;
import dev.terrace.kv.command.Service;
import dev.terrace.kv.command.WriteCall;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.DataTier;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.push.Origin;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Commands that change rows, one after the other, each on a virtual thread. */
final class Writing {

  private final Executor executor;
  private final Service service;

  Writing(Executor executor, Service service) {
    this.executor = executor;
    this.service = service;
  }

  void run(Replies.Slot slot, Command command, Write write, byte[][] args) {
    DataTier.View data = service.served().data();
    CommandKeys keys;
    try {
      keys = CommandKeys.of(data, command, write.shape(), args);
      keys.writable();
    } catch (KvError e) {
      executor.answer(slot, command, out -> out.error(e.reply()));
      return;
    }
    executor.busy(true);
    Next again =
        place -> {
          executor.busy(false);
          run(place, command, write, args);
        };
    Collection unready = keys.unready();
    if (unready != null) {
      executor.await(slot, command, data, () -> data.reads().learn(unready), again, again);
      return;
    }
    WriteCall call =
        new WriteCall(
            args, List.of(keys.collections()), keys.keys(), data.writes(), service.nowMillis());
    CompletableFuture<Command.Reply> running = new CompletableFuture<>();
    Origin origin = Origin.of(executor.clientNumber(), command.name());
    executor.await(
        slot,
        command,
        data,
        () -> start(origin, write, call, running),
        place -> {
          executor.busy(false);
          executor.answer(place, command, out -> running.join().write(out));
        },
        again);
  }

  private static CompletableFuture<?> start(
      Origin origin, Write write, WriteCall call, CompletableFuture<Command.Reply> running) {
    Thread.ofVirtual()
        .name("kv-write")
        .start(
            () -> ScopedValue.where(Origin.CURRENT, origin).run(() -> run(write, call, running)));
    return running;
  }

  private static void run(Write write, WriteCall call, CompletableFuture<Command.Reply> running) {
    try {
      running.complete(write.work().run(call));
    } catch (KvError e) {
      running.completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      running.completeExceptionally(e);
      throw e;
    }
  }
}

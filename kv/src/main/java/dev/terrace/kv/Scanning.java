package dev.terrace.kv;

import dev.terrace.kv.command.Command;
import dev.terrace.kv.command.Command.Action.Scan;
import dev.terrace.kv.command.ScanCall;
import dev.terrace.kv.command.Service;
import dev.terrace.kv.data.DataTier;
import dev.terrace.kv.data.KvError;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Commands that go through tables, each on a virtual thread. */
final class Scanning {

  private final Executor executor;
  private final Service service;

  Scanning(Executor executor, Service service) {
    this.executor = executor;
    this.service = service;
  }

  void run(Replies.@Nullable Slot slot, Command command, Scan scan, byte[][] args) {
    DataTier.View data = service.served().data();
    ScanCall call = new ScanCall(args, service, data, service.nowMillis());
    CompletableFuture<Command.Reply> running = new CompletableFuture<>();
    executor.await(
        slot,
        command,
        data,
        () -> {
          Thread.ofVirtual().name("kv-scan").start(() -> run(scan, call, running));
          return running;
        },
        place -> executor.answer(place, command, out -> running.join().write(out)),
        place -> run(place, command, scan, args));
  }

  private static void run(Scan scan, ScanCall call, CompletableFuture<Command.Reply> running) {
    try {
      running.complete(scan.walk().run(call));
    } catch (KvError e) {
      running.completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      running.completeExceptionally(e);
      throw e;
    }
  }
}

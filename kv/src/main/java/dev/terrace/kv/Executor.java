package dev.terrace.kv;

import dev.terrace.kv.command.Client;
import dev.terrace.kv.command.Command;
import dev.terrace.kv.command.Command.Action;
import dev.terrace.kv.command.ReadCall;
import dev.terrace.kv.command.Service;
import dev.terrace.kv.command.Session;
import dev.terrace.kv.command.WriteCall;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.DataTier;
import dev.terrace.kv.data.Entry;
import dev.terrace.kv.data.EntryKey;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.data.Texts;
import dev.terrace.kv.resp.ReplyWriter;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Executes one connection's commands as if one after the other: reads may wait for the store side
 * by side, a write waits for what came before it, and what comes after waits for the write.
 */
final class Executor {

  private static final System.Logger LOG = System.getLogger(Executor.class.getName());

  private final Session session;
  private final Service service;
  private final Client client;
  private final Replies replies;
  private final Runnable goOn;
  private final java.util.concurrent.Executor loop;
  private byte @Nullable [][] held;
  private boolean writing;

  /**
   * An executor.
   *
   * @param goOn called on the loop when what had to wait may go on
   */
  Executor(Session session, Replies replies, Runnable goOn) {
    this.session = session;
    this.service = session.service();
    this.client = session.client();
    this.replies = replies;
    this.goOn = goOn;
    this.loop = replies.loop();
  }

  /** Whether no command may be taken now. */
  boolean mustWait() {
    return writing || (held != null && !replies.isEmpty());
  }

  /** A write that had to wait and may go on now. */
  byte @Nullable [][] heldBack() {
    byte[][] command = held;
    held = null;
    return command;
  }

  void execute(byte[][] args) {
    Command command = service.commands().find(args[0]);
    if (command == null) {
      answer(null, null, out -> out.error(unknown(args)));
      return;
    }
    client.command(command.name());
    String refusal = refusal(command, args);
    if (refusal != null) {
      answer(null, command, out -> out.error(refusal));
      return;
    }
    switch (command.action()) {
      case Action.Local local -> answer(null, command, out -> local.run(session, args, out));
      case Action.Read read -> read(null, command, read, args);
      case Action.Write write -> {
        if (replies.isEmpty()) {
          write(replies.reserve(), command, write, args);
        } else {
          held = args;
        }
      }
      case Action.Refused(String why) ->
          answer(
              null,
              command,
              out -> out.error("ERR command '" + command.name() + "' is refused: " + why));
    }
  }

  private @Nullable String refusal(Command command, byte[][] args) {
    if (!client.authenticated() && !opensTheDoor(command.name())) {
      return "NOAUTH Authentication required.";
    }
    return command.takes(args.length)
        ? null
        : "ERR wrong number of arguments for '" + command.name() + "' command";
  }

  private static boolean opensTheDoor(String command) {
    return switch (command) {
      case "auth", "hello", "quit", "reset" -> true;
      default -> false;
    };
  }

  private static String unknown(byte[][] args) {
    StringBuilder text = new StringBuilder("ERR unknown command '");
    text.append(Texts.shown(args[0])).append("', with args beginning with: ");
    for (int i = 1; i < args.length && text.length() < 256; i++) {
      text.append('\'').append(Texts.shown(args[i])).append("' ");
    }
    return text.toString();
  }

  /** Writes a reply. */
  @FunctionalInterface
  private interface Answer {
    void write(ReplyWriter out) throws KvError;
  }

  /** Writes a reply at its place: the slot that waits for it, or where replies are ready now. */
  private void answer(Replies.@Nullable Slot slot, @Nullable Command command, Answer answer) {
    ByteBuf target = slot == null ? replies.buffer() : replies.arrived(slot);
    if (target == null) {
      return;
    }
    ReplyWriter writer = new ReplyWriter(target, client.version3());
    int start = target.writerIndex();
    boolean[] failed = {false};
    replies.write(
        writer,
        out -> {
          try {
            answer.write(out);
            failed[0] = out.failed();
          } catch (KvError e) {
            target.writerIndex(start);
            out.error(e.reply());
            failed[0] = true;
          }
        });
    Service.Counts counts = service.counts(command);
    (failed[0] ? counts.error() : counts.ok()).increment();
    service.processed();
    if (slot != null) {
      replies.done(slot);
    }
  }

  private void read(Replies.@Nullable Slot slot, Command command, Action.Read read, byte[][] args) {
    DataTier.View data = service.served().data();
    Keys keys;
    try {
      keys = keys(data, command, read.shape(), args);
    } catch (KvError e) {
      answer(slot, command, out -> out.error(e.reply()));
      return;
    }
    Collection unready = keys.unready;
    if (unready != null) {
      Next again = place -> read(place, command, read, args);
      await(slot, command, data, () -> data.reads().learn(unready), again, again);
      return;
    }
    Entry[] entries = new Entry[keys.keys.size()];
    int missing = 0;
    for (int i = 0; i < entries.length; i++) {
      Entry kept = data.reads().kept(keys.collections[i], keys.keys.get(i));
      if (kept == null) {
        missing++;
      } else {
        entries[i] = kept;
      }
    }
    if (missing == 0) {
      answer(slot, command, out -> read.answer().write(call(args, keys, entries), out));
      return;
    }
    Map<Integer, CompletableFuture<Entry>> loads = new HashMap<>();
    await(
        slot,
        command,
        data,
        () -> load(data, keys, entries, loads),
        place -> {
          loads.forEach((i, load) -> entries[i] = load.join());
          answer(place, command, out -> read.answer().write(call(args, keys, entries), out));
        },
        place -> read(place, command, read, args));
  }

  private ReadCall call(byte[][] args, Keys keys, Entry[] entries) {
    return new ReadCall(args, keys.collections, entries, service.nowMillis());
  }

  /** Starts loading the entries that are missing, collection by collection. */
  private static CompletableFuture<?> load(
      DataTier.View data,
      Keys keys,
      @Nullable Entry[] entries,
      Map<Integer, CompletableFuture<Entry>> loads) {
    Map<Collection, List<Integer>> byCollection = new HashMap<>();
    for (int i = 0; i < entries.length; i++) {
      if (entries[i] == null) {
        byCollection.computeIfAbsent(keys.collections[i], c -> new ArrayList<>()).add(i);
      }
    }
    byCollection.forEach((c, indexes) -> {
      List<EntryKey> wanted = indexes.stream().map(keys.keys::get).toList();
      List<CompletableFuture<Entry>> started = data.reads().loadAll(c, wanted);
      for (int i = 0; i < indexes.size(); i++) {
        loads.put(indexes.get(i), started.get(i));
      }
    });
    return CompletableFuture.allOf(loads.values().toArray(CompletableFuture<?>[]::new));
  }

  private void write(Replies.Slot slot, Command command, Action.Write write, byte[][] args) {
    DataTier.View data = service.served().data();
    Keys keys;
    try {
      keys = keys(data, command, write.shape(), args);
    } catch (KvError e) {
      answer(slot, command, out -> out.error(e.reply()));
      return;
    }
    writing = true;
    Next again =
        place -> {
          writing = false;
          write(place, command, write, args);
        };
    Collection unready = keys.unready;
    if (unready != null) {
      await(slot, command, data, () -> data.reads().learn(unready), again, again);
      return;
    }
    WriteCall call =
        new WriteCall(args, List.of(keys.collections), keys.keys, data, service.nowMillis());
    CompletableFuture<Command.Reply> running = new CompletableFuture<>();
    await(
        slot,
        command,
        data,
        () -> start(write, call, running),
        place -> {
          writing = false;
          answer(place, command, out -> running.join().write(out));
        },
        again);
  }

  private static CompletableFuture<?> start(
      Action.Write write, WriteCall call, CompletableFuture<Command.Reply> running) {
    Thread.ofVirtual().name("kv-write").start(() -> run(write, call, running));
    return running;
  }

  private static void run(
      Action.Write write, WriteCall call, CompletableFuture<Command.Reply> running) {
    try {
      running.complete(write.work().run(call));
    } catch (KvError e) {
      running.completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      running.completeExceptionally(e);
      throw e;
    }
  }

  /** What is to happen when something has come. */
  @FunctionalInterface
  private interface Next {
    void at(Replies.Slot slot);
  }

  /**
   * Waits, if one more may; then goes on on the loop.
   *
   * @param data what it is about to work on
   * @param again what happens instead if that is not served any more, or nothing may be done with
   *     stores for now: then once it may
   */
  private void await(
      Replies.@Nullable Slot slot,
      Command command,
      DataTier.View data,
      Supplier<CompletableFuture<?>> start,
      Next next,
      Next again) {
    Replies.Slot place = slot == null ? replies.reserve() : slot;
    if (!service.tryWait()) {
      int max = service.served().config().maxWaiting();
      writing = false;
      answer(
          place,
          command,
          out -> out.error("BUSY " + max + " commands wait for the store (kv.max-waiting)"));
      return;
    }
    if (!service.storeWork().begin(() -> loop.execute(() -> goOn(place, again)))) {
      return;
    }
    if (!service.served().data().equals(data)) {
      service.storeWork().end();
      goOn(place, again);
      return;
    }
    start
        .get()
        .whenCompleteAsync(
            (done, failure) -> {
              service.storeWork().end();
              service.endWait();
              if (failure == null) {
                next.at(place);
              } else {
                writing = false;
                answer(place, command, out -> out.error(reply(failure)));
              }
              goOn.run();
            },
            loop);
  }

  private void goOn(Replies.Slot place, Next next) {
    service.endWait();
    next.at(place);
    goOn.run();
  }

  private static String reply(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof KvError error) {
      return error.reply();
    }
    LOG.log(System.Logger.Level.ERROR, "a key-value command broke", cause);
    return "ERR internal error, see Terrace's log";
  }

  /**
   * The keys of a command.
   *
   * @param unready a collection whose table must be described first; then the rest is empty
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  private record Keys(
      Collection[] collections, List<EntryKey> keys, @Nullable Collection unready) {}

  private static Keys keys(DataTier.View data, Command command, Command.Shape shape, byte[][] args)
      throws KvError {
    Command.Keys where = command.keys();
    int last = where.last() < 0 ? args.length - 1 : where.last();
    int count = (last - where.first()) / where.step() + 1;
    Collection[] collections = new Collection[count];
    List<EntryKey> keys = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] raw = args[where.first() + i * where.step()];
      Collection c = data.collections().of(raw);
      boolean fits = shape == Command.Shape.ANY || (shape == Command.Shape.HASH) == c.isHash();
      if (!fits) {
        throw KvError.of(
            "WRONGTYPE",
            "Operation against a key holding the wrong kind of value: collection '"
                + c.name()
                + "' holds "
                + (c.isHash() ? "hashes" : "strings"));
      }
      collections[i] = c;
      if (!c.ready()) {
        c.servable();
        return new Keys(collections, List.of(), c);
      }
      keys.add(c.key(raw));
    }
    return new Keys(collections, keys, null);
  }
}

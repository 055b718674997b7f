package dev.terrace.kv;

import dev.terrace.kv.Executor.Next;
import dev.terrace.kv.command.Client;
import dev.terrace.kv.command.Command;
import dev.terrace.kv.command.Command.Action.Read;
import dev.terrace.kv.command.ReadCall;
import dev.terrace.kv.command.Service;
import dev.terrace.kv.command.Session;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.DataTier;
import dev.terrace.kv.data.Entry;
import dev.terrace.kv.data.EntryKey;
import dev.terrace.kv.data.KvError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Commands that read rows: answered at once where the entries are kept, else when they have come.
 */
final class Reading {

  private final Executor executor;
  private final Session session;
  private final Service service;

  Reading(Executor executor, Session session) {
    this.executor = executor;
    this.session = session;
    this.service = session.service();
  }

  void run(Command command, Read read, byte[][] args) {
    Client client = session.client();
    run(null, command, read, args, client.tracking() != null && client.keepsNext());
  }

  private void run(
      Replies.@Nullable Slot slot, Command command, Read read, byte[][] args, boolean keeps) {
    DataTier.View data = service.served().data();
    CommandKeys keys;
    try {
      keys = CommandKeys.of(data, command, read.shape(), args);
    } catch (KvError e) {
      executor.answer(slot, command, out -> out.error(e.reply()));
      return;
    }
    Next again = place -> run(place, command, read, args, keeps);
    Collection unready = keys.unready();
    if (unready != null) {
      executor.await(slot, command, data, () -> data.reads().learn(unready), again, again);
      return;
    }
    if (keeps) {
      track(keys, command, args);
    }
    Entry[] entries = new Entry[keys.keys().size()];
    int missing = 0;
    for (int i = 0; i < entries.length; i++) {
      Entry kept = data.reads().kept(keys.collections()[i], keys.keys().get(i));
      if (kept == null) {
        missing++;
      } else {
        entries[i] = kept;
      }
    }
    if (missing == 0) {
      executor.answer(slot, command, out -> read.answer().write(call(args, keys, entries), out));
      return;
    }
    Map<Integer, CompletableFuture<Entry>> loads = new HashMap<>();
    executor.await(
        slot,
        command,
        data,
        () -> load(data, keys, entries, loads),
        place -> {
          loads.forEach((i, load) -> entries[i] = load.join());
          executor.answer(
              place, command, out -> read.answer().write(call(args, keys, entries), out));
        },
        again);
  }

  /** Remembers what a client reads that wants to hear when it changes; before it is looked up. */
  private void track(CommandKeys keys, Command command, byte[][] args) {
    int max = service.served().config().maxTracked();
    for (int i = 0; i < keys.keys().size(); i++) {
      byte[] raw = args[command.keys().first() + i * command.keys().step()];
      String name = new String(raw, StandardCharsets.UTF_8);
      service.tracking().reads(session, keys.keys().get(i), name, max);
    }
  }

  private ReadCall call(byte[][] args, CommandKeys keys, Entry[] entries) {
    return new ReadCall(args, keys.collections(), entries, service.nowMillis());
  }

  /** Starts loading the entries that are missing, collection by collection. */
  private static CompletableFuture<?> load(
      DataTier.View data,
      CommandKeys keys,
      @Nullable Entry[] entries,
      Map<Integer, CompletableFuture<Entry>> loads) {
    Map<Collection, List<Integer>> byCollection = new HashMap<>();
    for (int i = 0; i < entries.length; i++) {
      if (entries[i] == null) {
        byCollection.computeIfAbsent(keys.collections()[i], c -> new ArrayList<>()).add(i);
      }
    }
    byCollection.forEach((c, indexes) -> {
      List<EntryKey> wanted = indexes.stream().map(keys.keys()::get).toList();
      List<CompletableFuture<Entry>> started = data.reads().loadAll(c, wanted);
      for (int i = 0; i < indexes.size(); i++) {
        loads.put(indexes.get(i), started.get(i));
      }
    });
    return CompletableFuture.allOf(loads.values().toArray(CompletableFuture<?>[]::new));
  }
}

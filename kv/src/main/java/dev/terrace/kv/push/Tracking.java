package dev.terrace.kv.push;

import dev.terrace.kv.data.EntryKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which clients keep which keys, so that they are told when one changes. It remembers so many keys;
 * for one more, those who keep the oldest are told that it changed.
 */
public final class Tracking {

  private static final int STRIPES = 16;

  /** A client that is told, and how. */
  private record Told(Listener client, TrackingMode mode) {}

  private final List<Map<EntryKey, Map<Long, String>>> tables = new ArrayList<>();
  private final Map<Long, Told> clients = new ConcurrentHashMap<>();
  private final LongFunction<@Nullable Listener> others;

  /**
   * Nobody is told yet.
   *
   * @param others finds the client of a number
   */
  public Tracking(LongFunction<@Nullable Listener> others) {
    this.others = others;
    for (int i = 0; i < STRIPES; i++) {
      tables.add(new LinkedHashMap<>());
    }
  }

  /** A client is told from now on. */
  public void start(Listener client, TrackingMode mode) {
    clients.put(client.number(), new Told(client, mode));
  }

  /** It is not told any more. */
  public void stop(Listener client) {
    clients.remove(client.number());
  }

  /** Keys that are remembered. */
  public int size() {
    int size = 0;
    for (Map<EntryKey, Map<Long, String>> table : tables) {
      synchronized (table) {
        size += table.size();
      }
    }
    return size;
  }

  /**
   * A client is about to read a key; to be called before it is looked up.
   *
   * @param raw the key as the client wrote it
   * @param max how many keys may be remembered
   */
  public void reads(Listener client, EntryKey key, String raw, int max) {
    Map<EntryKey, Map<Long, String>> table = table(key);
    EntryKey oldest = null;
    Map<Long, String> dropped = null;
    synchronized (table) {
      table.computeIfAbsent(key, k -> new HashMap<>(2)).put(client.number(), raw);
      if (table.size() > Math.max(1, max / STRIPES)) {
        oldest = table.keySet().iterator().next();
        dropped = table.remove(oldest);
      }
    }
    if (dropped != null) {
      dropped.forEach((number, name) -> tell(number, name, Origin.current()));
    }
  }

  private Map<EntryKey, Map<Long, String>> table(EntryKey key) {
    int hash = key.hashCode();
    return tables.get((hash ^ (hash >>> 16)) & (STRIPES - 1));
  }

  /** A key has changed: tells those who keep it. */
  public void changed(EntryKey key) {
    if (clients.isEmpty()) {
      return;
    }
    Origin origin = Origin.current();
    Map<EntryKey, Map<Long, String>> table = table(key);
    Map<Long, String> kept;
    synchronized (table) {
      kept = table.remove(key);
    }
    if (kept != null) {
      kept.forEach((number, raw) -> tell(number, raw, origin));
    }
    String text = key.toString();
    for (Told told : clients.values()) {
      TrackingMode mode = told.mode();
      if (mode.broadcast()
          && (mode.prefixes().isEmpty() || mode.prefixes().stream().anyMatch(text::startsWith))) {
        tell(told, text, origin);
      }
    }
  }

  /** Any key may have changed: all forget all that they keep. */
  public void allChanged() {
    for (Map<EntryKey, Map<Long, String>> table : tables) {
      synchronized (table) {
        table.clear();
      }
    }
    clients.values().forEach(told -> tell(told, null, Origin.current()));
  }

  private void tell(long number, String key, Origin origin) {
    Told told = clients.get(number);
    if (told != null && !told.mode().broadcast()) {
      tell(told, key, origin);
    }
  }

  /** Tells of one key, or of all. */
  private void tell(Told told, @Nullable String key, Origin origin) {
    if (told.mode().noLoop() && origin.client() == told.client().number()) {
      return;
    }
    Listener to =
        told.mode().redirect() == 0 ? told.client() : others.apply(told.mode().redirect());
    if (to == null) {
      told.client()
          .push(out -> {
            if (out.version3()) {
              out.push(2);
              out.bulk("tracking-redir-broken");
              out.number(told.mode().redirect());
            }
          });
      return;
    }
    boolean redirected = told.mode().redirect() != 0;
    to.push(out -> {
      if (out.version3()) {
        out.push(2);
        out.bulk("invalidate");
      } else if (redirected) {
        out.array(3);
        out.bulk("message");
        out.bulk(KeyEvents.INVALIDATE);
      } else {
        // Without RESP3 there is no way to say it, as in Redis.
        return;
      }
      if (key == null) {
        out.nilArray();
      } else {
        out.array(1);
        out.bulk(key);
      }
    });
  }
}

package dev.terrace.kv.push;

import dev.terrace.kv.data.EntryKey;
import dev.terrace.kv.data.Glob;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Who hears of what happens to keys: the channels that Redis calls keyspace events. */
public final class KeyEvents {

  /** The channel on which clients of RESP2 hear which keys have changed. */
  public static final String INVALIDATE = "__redis__:invalidate";

  private static final String KEYSPACE = "__keyspace@0__:";
  private static final String KEYEVENT = "__keyevent@0__:";

  /** What one client hears. */
  private static final class Heard {
    private final Set<String> channels = new LinkedHashSet<>();
    private final Set<String> patterns = new LinkedHashSet<>();
    private volatile List<Glob> globs = List.of();
    private volatile Set<String> names = Set.of();

    private void publish() {
      names = Set.copyOf(channels);
      globs = patterns.stream().map(Glob::of).toList();
    }
  }

  private final Map<Listener, Heard> all = new ConcurrentHashMap<>();

  /** Whether there can be anything on such a channel, or on channels of such a pattern. */
  public static boolean isOurs(String channel) {
    return channel.startsWith("__key") || channel.equals(INVALIDATE);
  }

  /** A client hears a channel from now on, or the channels of a pattern. */
  public void subscribe(Listener client, String channel, boolean pattern) {
    Heard heard = all.computeIfAbsent(client, c -> new Heard());
    (pattern ? heard.patterns : heard.channels).add(channel);
    heard.publish();
  }

  /** It does not hear that any more. */
  public void unsubscribe(Listener client, String channel, boolean pattern) {
    Heard heard = all.get(client);
    if (heard != null) {
      (pattern ? heard.patterns : heard.channels).remove(channel);
      heard.publish();
      if (heard.channels.isEmpty() && heard.patterns.isEmpty()) {
        all.remove(client);
      }
    }
  }

  /** It hears nothing any more. */
  public void forget(Listener client) {
    all.remove(client);
  }

  /** Whether a client hears anything; called on any thread. */
  public boolean hears(Listener client) {
    return all.containsKey(client);
  }

  /** How many channels and patterns a client hears; called on its own event loop. */
  public int count(Listener client) {
    Heard heard = all.get(client);
    return heard == null ? 0 : heard.channels.size() + heard.patterns.size();
  }

  /** The channels or patterns that a client hears; called on its own event loop. */
  public List<String> heard(Listener client, boolean patterns) {
    Heard heard = all.get(client);
    return heard == null ? List.of() : new ArrayList<>(patterns ? heard.patterns : heard.channels);
  }

  /** A key has changed. */
  public void changed(EntryKey key) {
    if (all.isEmpty()) {
      return;
    }
    String event = Origin.current().event();
    String name = key.toString();
    all.forEach((client, heard) -> {
      tell(client, heard, KEYSPACE + name, event);
      tell(client, heard, KEYEVENT + event, name);
    });
  }

  private static void tell(Listener client, Heard heard, String channel, String message) {
    if (heard.names.contains(channel)) {
      client.push(out -> {
        out.push(3);
        out.bulk("message");
        out.bulk(channel);
        out.bulk(message);
      });
    }
    for (Glob glob : heard.globs) {
      if (glob.matches(channel)) {
        client.push(out -> {
          out.push(4);
          out.bulk("pmessage");
          out.bulk(glob.toString());
          out.bulk(channel);
          out.bulk(message);
        });
      }
    }
  }
}

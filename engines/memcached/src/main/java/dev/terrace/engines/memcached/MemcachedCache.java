package dev.terrace.engines.memcached;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.SharedCache;
import dev.terrace.engine.StoreSettings;
import dev.terrace.engine.link.Dialling;
import dev.terrace.engine.link.StoreLinks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A Memcached as a cache that nodes share.
 *
 * <p>A key's item is one of four things: {@code v} and a value; no bytes, which is a lease that the
 * server made of a miss; {@code w}, the mark that the key was written; {@code l} and a number, a
 * lease on a marked key, which lasts until the item has only that many seconds to live and then is
 * a mark again. The server gives every change of an item a version. A lease's token is that version
 * with the server's life in front, since a restarted server counts from one again.
 *
 * <p>The server counts whole seconds: leases and marks last up to two seconds longer than was
 * asked, values up to a second shorter, but for one below a second.
 */
final class MemcachedCache implements SharedCache {

  private static final int PORT = 11211;

  /** Sent before any answer is read: so few bytes that no buffer on the way is ever full. */
  private static final int ROUND_KEYS_MAX = 64;

  private static final byte[] MARK = {'w'};

  /** The server takes larger numbers for a date. */
  private static final long LIFE_SECONDS_MAX = Duration.ofDays(30).toSeconds();

  /** An item's key aside, what it takes besides its bytes is less. */
  private static final int ITEM_EXTRA_BYTES_MAX = 100;

  private static final int VERSION_BITS = 48;
  private static final long VERSION_MAX = (1L << VERSION_BITS) - 1;

  /** A token that fills nothing. */
  private static final long NO_TOKEN = 0;

  private final StoreLinks<MemcachedLink> links;

  MemcachedCache(StoreSettings settings) {
    this.links =
        new StoreLinks<>(
            settings,
            (server, deadline) ->
                Dialling.dial(
                    server,
                    PORT,
                    settings,
                    deadline,
                    (socket, at) -> MemcachedLink.greet(server, socket)));
  }

  @Override
  public List<Lookup> get(Address server, List<byte[]> keys, Duration lease) throws EngineFailure {
    if (keys.isEmpty()) {
      return List.of();
    }
    List<WireKey> names = keys.stream().map(WireKey::of).toList();
    return links.call(
        server,
        link -> {
          List<Lookup> found = new ArrayList<>(names.size());
          for (List<WireKey> round : rounds(names)) {
            found.addAll(lookUp(link, round, atLeastSeconds(lease)));
          }
          return found;
        });
  }

  private static List<List<WireKey>> rounds(List<WireKey> all) {
    return IntStream.iterate(0, from -> from < all.size(), from -> from + ROUND_KEYS_MAX)
        .mapToObj(from -> all.subList(from, Math.min(all.size(), from + ROUND_KEYS_MAX)))
        .toList();
  }

  private static List<Lookup> lookUp(MemcachedLink link, List<WireKey> keys, long leaseSeconds)
      throws IOException, EngineFailure {
    for (WireKey key : keys) {
      link.send("mg", key, " v c t N" + leaseSeconds);
    }
    List<Answer> answers = link.answers();
    List<Lookup> found = new ArrayList<>(keys.size());
    List<Integer> marked = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      if (answers.get(i) instanceof Answer.Item item) {
        if (isFree(item)) {
          claim(link, keys.get(i), item, leaseSeconds);
          marked.add(i);
        }
        found.add(seen(link, keys.get(i), item));
      } else if (answers.get(i) instanceof Answer.Failed) {
        // It has no memory even for a stub: whoever asks loads, and fills nothing.
        found.add(new Lookup.Lease(NO_TOKEN, true));
      } else {
        throw new IOException("an answer to another question than ours");
      }
    }
    List<Answer> claims = link.answers();
    for (int i = 0; i < marked.size(); i++) {
      found.set(
          marked.get(i),
          switch (claims.get(i)) {
            case Answer.Done done -> new Lookup.Lease(token(link, done.cas()), true);
            case Answer.Failed _ -> new Lookup.Lease(NO_TOKEN, true);
            case Answer.NotDone _, Answer.Item _, Answer.NoOp _, Answer.NotUnderstood _ ->
                new Lookup.Busy();
          });
    }
    return found;
  }

  /** Whether it is marked as written, and nobody loads it. */
  private static boolean isFree(Answer.Item item) {
    byte[] data = item.data();
    if (item.won() || data.length == 0 || data[0] == 'v') {
      return false;
    }
    if (data[0] != 'l') {
      return true;
    }
    String ends = new String(data, 1, data.length - 1, StandardCharsets.US_ASCII);
    return !ends.matches("[0-9]{1,10}") || item.leftSeconds() <= Long.parseLong(ends);
  }

  /** Makes a lease of a mark, which lives on at least as long as the mark would have. */
  private static void claim(MemcachedLink link, WireKey key, Answer.Item item, long leaseSeconds)
      throws IOException {
    long life = Math.max(leaseSeconds, item.leftSeconds());
    byte[] lease = ("l" + (life - leaseSeconds)).getBytes(StandardCharsets.US_ASCII);
    link.set(key, lease, " c C" + item.cas() + " T" + life);
  }

  private static Lookup seen(MemcachedLink link, WireKey key, Answer.Item item) {
    if (item.won()) {
      return new Lookup.Lease(token(link, item.cas()), false);
    }
    if (item.data().length == 0 || item.data()[0] != 'v') {
      return new Lookup.Busy();
    }
    return key.owns(item.data())
        ? new Lookup.Hit(key.value(item.data()))
        : new Lookup.Lease(NO_TOKEN, true);
  }

  private static long token(MemcachedLink link, long version) {
    return version <= 0 || version > VERSION_MAX
        ? NO_TOKEN
        : ((long) link.life() << VERSION_BITS) | version;
  }

  @Override
  public boolean fill(Address server, byte[] key, long token, byte[] value, Duration ttl)
      throws EngineFailure {
    if (token == NO_TOKEN) {
      return false;
    }
    WireKey name = WireKey.of(key);
    byte[] item = name.item(value);
    return links.call(
        server,
        link -> {
          long size = (long) item.length + name.name().length() + ITEM_EXTRA_BYTES_MAX;
          // Too large a value is not sent: in refusing it the server would remove the mark of a
          // write that came first.
          if (token >>> VERSION_BITS != link.life() || size > link.itemBytesMax()) {
            return false;
          }
          link.set(name, item, " C" + (token & VERSION_MAX) + " T" + atMostSeconds(ttl));
          return link.answers().getFirst() instanceof Answer.Done;
        });
  }

  @Override
  public void written(Address server, List<byte[]> keys, Duration mark) throws EngineFailure {
    if (keys.isEmpty()) {
      return;
    }
    List<WireKey> names = keys.stream().map(WireKey::of).toList();
    links.call(
        server,
        link -> {
          List<WireKey> unmarked = new ArrayList<>();
          for (List<WireKey> round : rounds(names)) {
            for (WireKey name : round) {
              link.set(name, MARK, " T" + atLeastSeconds(mark));
            }
            List<Answer> answers = link.answers();
            for (int i = 0; i < round.size(); i++) {
              if (!(answers.get(i) instanceof Answer.Done)) {
                unmarked.add(round.get(i));
              }
            }
          }
          remove(link, unmarked);
          return names.size();
        });
  }

  /** Without memory there are no marks, but stale values must go. */
  private static void remove(MemcachedLink link, List<WireKey> unmarked)
      throws IOException, EngineFailure {
    if (unmarked.isEmpty()) {
      return;
    }
    for (List<WireKey> round : rounds(unmarked)) {
      for (WireKey name : round) {
        link.send("md", name, "");
      }
      link.answers();
    }
    throw new EngineFailure(
        Kind.REJECTED,
        link.server()
            + " has no memory left to mark what was written, so that its values were removed"
            + " without a mark; give it more (-m) and leave -M out");
  }

  /** The seconds of a life that is no shorter: the first one may be nearly over. */
  private static long atLeastSeconds(Duration life) {
    return Math.min(LIFE_SECONDS_MAX, Math.max(0, life.plusNanos(999_999_999).toSeconds()) + 1);
  }

  /** The seconds of a life that is no longer; 0 would be for ever. */
  private static long atMostSeconds(Duration life) {
    return Math.clamp(life.toSeconds(), 1, LIFE_SECONDS_MAX);
  }

  @Override
  public void close() {
    links.close();
  }
}

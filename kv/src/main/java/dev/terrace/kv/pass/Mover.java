package dev.terrace.kv.pass;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves the keys of one store to where they belong after its nodes have changed: those that are
 * asked for at once, the others behind, as fast as is allowed. A key is copied, and only then
 * removed where it was; what is on its new node already is newer. It runs on one event loop for
 * all, so that a key is moved once at a time; nothing is moved before all loops go by the new ring
 * and what they sent by the old one is answered.
 */
final class Mover {

  private static final System.Logger LOG = System.getLogger(Mover.class.getName());
  private static final int BATCH = 100;
  private static final long PAUSE_MILLIS_MIN = 1;
  private static final long AGAIN_MILLIS = 500;

  /** Instead of an error: the nodes have changed once more. */
  static final String AGAIN = "again";

  /** A key that was asked for. */
  private record Wanted(String key, int from, int to, Consumer<String> done) {}

  /** Those that may still be about to move a key. */
  private List<Mover> before;

  private final PassTier tier;
  private final PassView view;
  private final PassStore store;
  private final LoopNodes home;
  private final Map<String, List<Consumer<String>>> underWay = new HashMap<>();
  private final List<Wanted> early = new ArrayList<>();
  private NodeLinks[] links = {};
  private boolean settled;
  private boolean stopped;
  private long moved;

  /** The node that is walked through, and where. */
  private int walking;

  private String cursor = "0";

  /** A mover that waits for {@link #settled}. */
  Mover(PassTier tier, PassView view, PassStore store, LoopNodes home, List<Mover> before) {
    this.before = List.copyOf(before);
    this.tier = tier;
    this.view = view;
    this.store = store;
    this.home = home;
  }

  LoopNodes home() {
    return home;
  }

  PassStore store() {
    return store;
  }

  /** All loops go by the new ring. On the mover's loop. */
  void settled() {
    if (stopped) {
      return;
    }
    if (!before.stream().allMatch(mover -> mover.underWay.isEmpty())) {
      home.loop().schedule(this::settled, AGAIN_MILLIS / 10, TimeUnit.MILLISECONDS);
      return;
    }
    before = List.of();
    links = home.links(view)[store.number()];
    settled = true;
    LOG.log(
        System.Logger.Level.INFO,
        "store {0}: its nodes have changed, keys are moved to where they belong",
        store.name());
    List<Wanted> now = List.copyOf(early);
    early.clear();
    now.forEach(this::move);
    walk();
  }

  void stop() {
    stopped = true;
    early.forEach(wanted -> wanted.done().accept(AGAIN));
    early.clear();
  }

  /**
   * Moves a key, if it is there; called on any loop.
   *
   * @param done told on the mover's loop: an error, or nothing if it is where it belongs
   */
  void want(byte[] key, int from, int to, Consumer<String> done) {
    String text = new String(key, StandardCharsets.ISO_8859_1);
    home.loop()
        .execute(() -> {
          Wanted wanted = new Wanted(text, from, to, done);
          if (stopped) {
            done.accept(AGAIN);
          } else if (settled) {
            move(wanted);
          } else {
            early.add(wanted);
          }
        });
  }

  private void move(Wanted wanted) {
    List<Consumer<String>> others = underWay.get(wanted.key());
    if (others != null) {
      others.add(wanted.done());
      return;
    }
    List<Consumer<String>> waiting = new ArrayList<>();
    waiting.add(wanted.done());
    underWay.put(wanted.key(), waiting);
    copy(
        wanted.key(),
        wanted.from(),
        wanted.to(),
        error -> {
          underWay.remove(wanted.key());
          waiting.forEach(one -> one.accept(error));
        });
  }

  private NodeConnection node(int number) {
    return links[number].shared(false);
  }

  private void copy(String name, int from, int to, Consumer<String> whenDone) {
    boolean[] told = {false};
    Consumer<String> done =
        error -> {
          // With the connection both questions fail.
          if (!told[0]) {
            told[0] = true;
            whenDone.accept(error);
          }
        };
    byte[] key = name.getBytes(StandardCharsets.ISO_8859_1);
    NodeConnection source = node(from);
    List<byte[]> dumped = new ArrayList<>();
    ask(source, Requests.of(bytes("DUMP"), key), done, reply -> keep(reply, dumped));
    ask(
        source,
        Requests.of(bytes("PTTL"), key),
        done,
        reply -> {
          long ttl = Elements.number(reply, reply.readerIndex());
          if (dumped.isEmpty() || ttl == -2) {
            done.accept("");
            return;
          }
          byte[] expiry = bytes(Long.toString(ttl < 0 ? 0 : Math.max(1, ttl)));
          restore(source, node(to), key, expiry, dumped.getFirst(), done);
        });
  }

  private void restore(
      NodeConnection source,
      NodeConnection target,
      byte[] key,
      byte[] expiry,
      byte[] value,
      Consumer<String> done) {
    NodeConnection to = target;
    to.await(
        new WholeReply(
            reply -> {
              String line = WholeReply.line(reply);
              if (reply.getByte(reply.readerIndex()) == '-' && !line.startsWith("BUSYKEY")) {
                done.accept(
                    "ERR a key could not be moved to " + to.links().node().text() + ": " + line);
                return;
              }
              moved++;
              ask(source, Requests.of(bytes("UNLINK"), key), done, removed -> done.accept(""));
            },
            done));
    ByteBuf request = Requests.of(bytes("RESTORE"), key, expiry, value);
    to.send(request, 0, request.readableBytes());
  }

  /** Sends a request; an error of the node, or of the way to it, ends the moving of the key. */
  private void ask(
      NodeConnection to, ByteBuf request, Consumer<String> failed, Consumer<ByteBuf> then) {
    to.await(
        new WholeReply(
            reply -> {
              if (reply.getByte(reply.readerIndex()) == '-') {
                failed.accept(
                    "ERR a key could not be moved from "
                        + to.links().node().text()
                        + ": "
                        + WholeReply.line(reply));
              } else {
                then.accept(reply);
              }
            },
            failed));
    to.send(request, 0, request.readableBytes());
  }

  private static void keep(ByteBuf reply, List<byte[]> dumped) {
    if (Elements.number(reply, reply.readerIndex()) >= 0) {
      dumped.add(value(reply));
    }
  }

  private static byte[] value(ByteBuf reply) {
    int length = (int) Elements.number(reply, reply.readerIndex());
    return ByteBufUtil.getBytes(reply, Elements.body(reply, reply.readerIndex()), length);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Walks through all nodes, one batch after the other. */
  private void walk() {
    if (stopped) {
      return;
    }
    if (walking == store.nodes().size()) {
      LOG.log(
          System.Logger.Level.INFO,
          "store {0}: all keys are where they belong, {1} were moved",
          store.name(),
          moved);
      tier.moved(this);
      return;
    }
    ByteBuf request = Requests.of(bytes("SCAN"), bytes(cursor), bytes("COUNT"), bytes("" + BATCH));
    NodeConnection node = node(walking);
    node.await(new WholeReply(this::scanned, this::later));
    node.send(request, 0, request.readableBytes());
  }

  private void later(String error) {
    LOG.log(
        System.Logger.Level.WARNING,
        "store {0}: moving keys is tried again: {1}",
        store.name(),
        error);
    home.loop().schedule(this::walk, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void scanned(ByteBuf reply) {
    List<byte[]> next = Elements.words(reply, 1);
    int[] ends = Elements.ends(reply);
    if (next.isEmpty() || ends.length < 2) {
      later(WholeReply.line(reply));
      return;
    }
    ByteBuf keys = reply.slice(ends[0], ends[1] - ends[0]);
    List<byte[]> misplaced = new ArrayList<>();
    for (byte[] key : Elements.words(keys, Integer.MAX_VALUE)) {
      if (owner(key) != walking) {
        misplaced.add(key);
      }
    }
    batch(misplaced, new String(next.getFirst(), StandardCharsets.US_ASCII));
  }

  private int owner(byte[] key) {
    return store.ring().owner(Unpooled.wrappedBuffer(key), 0, key.length);
  }

  private void batch(List<byte[]> keys, String next) {
    long begun = System.nanoTime();
    int[] left = {keys.size() + 1};
    String[] failure = {""};
    Consumer<String> done =
        error -> {
          failure[0] = error.isEmpty() ? failure[0] : error;
          if (--left[0] > 0) {
            return;
          }
          if (!failure[0].isEmpty()) {
            later(failure[0]);
            return;
          }
          cursor = next;
          if (next.equals("0")) {
            walking++;
          }
          long fair = keys.size() * 1000L / tier.movesPerSecond();
          long spent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
          long pause = Math.max(PAUSE_MILLIS_MIN, fair - spent);
          home.loop().schedule(this::walk, pause, TimeUnit.MILLISECONDS);
        };
    for (byte[] key : keys) {
      move(new Wanted(new String(key, StandardCharsets.ISO_8859_1), walking, owner(key), done));
    }
    done.accept("");
  }

  /** Tells whether a view is the mover's own. */
  boolean isOf(@Nullable PassView other) {
    return view == other;
  }
}

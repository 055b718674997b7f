package dev.terrace.kv.nodes;

import dev.terrace.config.KvConfig.NodesConfig;
import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.engine.Announcements;
import dev.terrace.engine.EngineFailure;
import dev.terrace.kv.nodes.NodeMessage.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Tells the other nodes which keys this one has written, and hears which they have, over a Redis
 * channel.
 *
 * <p>What bounds how long a lost message can leave an old value: each node's messages are numbered
 * and it says every {@code beat} that it is there, so that a gap shows with the next one, and then
 * everything is forgotten. While the channel is down, or a node was not heard for {@code patience},
 * nothing is kept longer than a beat.
 */
public final class Nodes implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Nodes.class.getName());

  private static final int KEYS_PER_MESSAGE = 1000;

  /** Keys that wait to be told; more of them are told as "all". */
  private static final int WAITING_MAX = 100_000;

  /** A node that was silent for so long is gone. */
  private static final Duration FORGET = Duration.ofMinutes(1);

  private static final Duration TRY_AGAIN = Duration.ofMillis(200);

  /** What is kept here. */
  public interface Kept {

    /** Another node has written that key. */
    void written(byte[] key);

    /** Keys may have been written that nobody told of: nothing is kept longer than that. */
    void distrust(Duration most);

    /** What was kept until now is forgotten; from now on all writes are heard of. */
    void trust();
  }

  private final Announcements announcements;
  private final Address server;
  private final NodesConfig config;
  private final Kept kept;
  private final Counter told;
  private final Counter heard;
  private final Counter lost;
  private final long node = ThreadLocalRandom.current().nextLong();
  private final ConcurrentLinkedQueue<byte[]> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waitingCount = new AtomicInteger();
  private final Peers peers;
  private final Thread sender = Thread.ofVirtual().name("kv-nodes-tell").unstarted(this::tell);
  private final Thread listener = Thread.ofVirtual().name("kv-nodes-hear").unstarted(this::hear);

  // Guarded by peers.
  private boolean connected;
  private boolean trusting;

  private volatile boolean overflown;
  private volatile boolean closed;
  private long number;
  private @Nullable NodeMessage unsent;

  private Nodes(
      Announcements announcements, Address server, NodesConfig config, Kept kept, Signals signals) {
    this.announcements = announcements;
    this.server = server;
    this.config = config;
    this.kept = kept;
    this.peers = new Peers(config.patience(), FORGET);
    this.told = signals.counter(Metric.KV_NODE_MESSAGES, "told");
    this.heard = signals.counter(Metric.KV_NODE_MESSAGES, "heard");
    this.lost = signals.counter(Metric.KV_NODE_MESSAGES, "lost");
    signals.gauge(() -> isTrusting() ? 1 : 0, Metric.KV_NODES_HEARD);
  }

  /** Begins to tell and to hear; until the channel is heard nothing is kept longer than a beat. */
  public static Nodes start(
      Announcements announcements, Address server, NodesConfig config, Kept kept, Signals signals) {
    Nodes nodes = new Nodes(announcements, server, config, kept, signals);
    kept.distrust(config.beat());
    nodes.listener.start();
    nodes.sender.start();
    return nodes;
  }

  /** A key was written here; does not block. */
  public void written(byte[] key) {
    if (waitingCount.incrementAndGet() > WAITING_MAX) {
      waitingCount.decrementAndGet();
      overflown = true;
    } else {
      waiting.add(key);
    }
    LockSupport.unpark(sender);
  }

  /** Whether all writes of other nodes are heard of. */
  public boolean isTrusting() {
    synchronized (peers) {
      return trusting;
    }
  }

  private void tell() {
    long beatNanos = config.beat().toNanos();
    long nextBeat = System.nanoTime();
    while (!closed) {
      long now = System.nanoTime();
      NodeMessage message = unsent;
      if (message == null && (overflown || !waiting.isEmpty() || now - nextBeat >= 0)) {
        message = next();
      }
      if (message == null) {
        LockSupport.parkNanos(nextBeat - now);
      } else if (send(message)) {
        nextBeat = System.nanoTime() + beatNanos;
      } else {
        LockSupport.parkNanos(TRY_AGAIN.toNanos());
      }
      judge();
    }
  }

  private NodeMessage next() {
    if (overflown) {
      overflown = false;
      return new NodeMessage(node, ++number, Kind.ALL, List.of());
    }
    List<byte[]> keys = new ArrayList<>();
    while (keys.size() < KEYS_PER_MESSAGE) {
      byte[] key = waiting.poll();
      if (key == null) {
        break;
      }
      waitingCount.decrementAndGet();
      keys.add(key);
    }
    return new NodeMessage(node, ++number, Kind.WRITTEN, keys);
  }

  /** A message whose fate is not known is sent again under its number. */
  private boolean send(NodeMessage message) {
    try {
      announcements.announce(server, config.channel(), message.bytes());
      unsent = null;
      told.increment();
      return true;
    } catch (EngineFailure e) {
      unsent = message;
      return false;
    }
  }

  private void hear() {
    while (!closed) {
      String reason = "the connection ended";
      try {
        announcements.listen(server, config.channel(), this::connected, this::heard);
      } catch (EngineFailure e) {
        reason = e.reason();
      }
      if (!closed) {
        disconnected(reason);
        LockSupport.parkNanos(TRY_AGAIN.toNanos());
      }
    }
  }

  private void connected() {
    synchronized (peers) {
      connected = true;
      peers.reset();
    }
    judge();
  }

  private void disconnected(String reason) {
    synchronized (peers) {
      if (connected) {
        LOG.log(System.Logger.Level.WARNING, "other nodes are not heard: {0}", reason);
      }
      connected = false;
    }
    judge();
  }

  private void heard(byte[] bytes) {
    NodeMessage message = NodeMessage.read(bytes);
    if (message == null || message.node() == node) {
      return;
    }
    heard.increment();
    boolean whole;
    synchronized (peers) {
      whole = peers.heard(message, System.nanoTime());
      if (trusting && (!whole || message.kind() == Kind.ALL)) {
        kept.trust();
      }
    }
    if (!whole) {
      lost.increment();
    }
    message.keys().forEach(kept::written);
    judge();
  }

  /** Whether what is kept may be trusted, by what is heard. */
  private void judge() {
    synchronized (peers) {
      boolean now = connected && !peers.missesOne(System.nanoTime());
      if (now != trusting) {
        trusting = now;
        if (now) {
          LOG.log(System.Logger.Level.INFO, "the other nodes are heard");
          kept.trust();
        } else {
          kept.distrust(config.beat());
        }
      }
    }
  }

  /** Tells the others that this node writes no more. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    LockSupport.unpark(sender);
    try {
      sender.join(Duration.ofSeconds(1));
      if (unsent != null || overflown || !waiting.isEmpty()) {
        NodeMessage all = new NodeMessage(node, ++number, Kind.ALL, List.of());
        announcements.announce(server, config.channel(), all.bytes());
      }
      announcements.announce(
          server, config.channel(), new NodeMessage(node, number + 1, Kind.BYE, List.of()).bytes());
    } catch (EngineFailure e) {
      // They will notice.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    announcements.close();
  }
}

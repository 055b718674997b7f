package dev.terrace.kv.pass;

import dev.terrace.net.EventLoops;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to all nodes. What is sent within one turn of the loop leaves
 * together at its end: a turn reads from many clients.
 */
final class LoopNodes {

  private static final System.Logger LOG = System.getLogger(LoopNodes.class.getName());

  private static final long CHECK_MILLIS = 100;

  private final EventLoops loops;
  private final EventLoop loop;
  private final PassTier tier;
  private final Map<Node, NodeLinks> nodes = new HashMap<>();
  private final List<Passage> touched = new ArrayList<>();
  private List<NodeConnection> dirty = new ArrayList<>();
  private List<NodeConnection> flushing = new ArrayList<>();
  private boolean turnBegun;
  private long turnNanos;
  private @Nullable PassView linkedView;
  private NodeLinks[][] linked = {};

  LoopNodes(EventLoops loops, EventLoop loop, PassTier tier) {
    this.loops = loops;
    this.loop = loop;
    this.tier = tier;
    loop.scheduleAtFixedRate(this::check, CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
  }

  EventLoops loops() {
    return loops;
  }

  EventLoop loop() {
    return loop;
  }

  PassTier tier() {
    return tier;
  }

  Duration connectTimeout() {
    return tier.connectTimeout();
  }

  /** The links to the nodes of a view's stores, by the stores' and the nodes' numbers. */
  NodeLinks[][] links(PassView view) {
    if (view == linkedView) {
      return linked;
    }
    NodeLinks[][] all = new NodeLinks[view.stores().size()][];
    Set<Node> wanted = new HashSet<>();
    for (PassStore store : view.stores()) {
      List<Node> its = store.nodes();
      NodeLinks[] row = new NodeLinks[its.size()];
      for (int i = 0; i < row.length; i++) {
        Node plain = its.get(i).weighing(1);
        row[i] = nodes.computeIfAbsent(plain, node -> new NodeLinks(this, node));
        wanted.add(plain);
      }
      all[store.number()] = row;
    }
    linkedView = view;
    linked = all;
    nodes.keySet().removeIf(node -> !wanted.contains(node) && retire(node));
    return all;
  }

  /**
   * Goes by that view; {@code done} is told when all that was sent before is answered. Clients that
   * have a connection of their own to a store whose nodes have changed lose it.
   */
  void turnTo(PassView view, Runnable done) {
    if (tier.view() != view) {
      return; // there is a newer one, and nothing is moved by this one any more
    }
    links(view);
    int[] left = {1};
    Runnable one =
        () -> {
          if (--left[0] == 0) {
            done.run();
          }
        };
    for (PassStore store : view.stores()) {
      if (store.moving()) {
        for (NodeLinks its : linked[store.number()]) {
          left[0] += its.turn(one);
        }
      }
    }
    one.run();
    goOnTouched();
  }

  private boolean retire(Node node) {
    NodeLinks links = nodes.get(node);
    if (links != null) {
      links.retire();
    }
    return true;
  }

  /** When this turn of the loop began, near enough. */
  long nowNanos() {
    beginTurn();
    return turnNanos;
  }

  void dirty(NodeConnection connection) {
    dirty.add(connection);
    beginTurn();
  }

  private void beginTurn() {
    if (!turnBegun) {
      turnBegun = true;
      turnNanos = System.nanoTime();
      loop.execute(this::endTurn);
    }
  }

  private void endTurn() {
    turnBegun = false;
    List<NodeConnection> now = dirty;
    dirty = flushing;
    flushing = now;
    for (int i = 0; i < now.size(); i++) {
      now.get(i).flush();
    }
    now.clear();
    goOnTouched();
  }

  /** A client got something that must be sent. */
  void touched(Passage passage) {
    if (!passage.touched) {
      passage.touched = true;
      touched.add(passage);
      beginTurn();
    }
  }

  /** Sends clients what they got. */
  void goOnTouched() {
    for (int i = 0; i < touched.size(); i++) {
      Passage passage = touched.get(i);
      passage.touched = false;
      try {
        passage.goOn();
      } catch (RuntimeException | Error e) {
        // The connection that brought this is everybody's.
        LOG.log(System.Logger.Level.ERROR, "a client's commands broke", e);
        passage.broken();
      }
    }
    touched.clear();
  }

  private void check() {
    long now = System.nanoTime();
    long timeout = tier.timeoutNanos();
    for (NodeLinks links : List.copyOf(nodes.values())) {
      links.check(now, timeout);
    }
    goOnTouched();
  }

  void close() {
    nodes.values().forEach(NodeLinks::close);
    nodes.clear();
  }
}

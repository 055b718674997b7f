package dev.terrace.kv.nodes;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The other nodes as far as they were heard: notices that messages are missing, and that a node has
 * fallen silent.
 *
 * <p>Example: node 7 says 1, 2, 4: its third message was lost, and whatever it named may be kept in
 * an old form. Node 7 says nothing more, not even that it is there, for longer than {@code
 * patience}: it may be writing without being heard. After {@code forget} it counts as gone.
 */
final class Peers {

  private static final class Peer {
    long last;
    long heardNanos;
  }

  private final long patienceNanos;
  private final long forgetNanos;
  private final Map<Long, Peer> peers = new HashMap<>();

  Peers(Duration patience, Duration forget) {
    this.patienceNanos = patience.toNanos();
    this.forgetNanos = forget.toNanos();
  }

  /**
   * A message has come; whether all before it have, too.
   *
   * @param nowNanos the nano clock
   */
  boolean heard(NodeMessage message, long nowNanos) {
    if (message.kind() == NodeMessage.Kind.BYE) {
      Peer gone = peers.remove(message.node());
      return gone == null || message.number() <= gone.last + 1;
    }
    Peer peer = peers.get(message.node());
    if (peer == null) {
      peer = new Peer();
      peers.put(message.node(), peer);
    }
    boolean whole = message.number() <= peer.last + 1;
    peer.last = Math.max(peer.last, message.number());
    peer.heardNanos = nowNanos;
    return whole;
  }

  /** Whether one of them is silent and not gone. */
  boolean missesOne(long nowNanos) {
    peers.values().removeIf(peer -> nowNanos - peer.heardNanos > forgetNanos);
    return peers.values().stream().anyMatch(peer -> nowNanos - peer.heardNanos > patienceNanos);
  }

  /** What was said while nobody listened is not known: all are strangers again. */
  void reset() {
    peers.clear();
  }

  int size() {
    return peers.size();
  }
}

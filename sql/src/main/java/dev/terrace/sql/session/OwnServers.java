package dev.terrace.sql.session;

import dev.terrace.sql.server.Owner;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerPool;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The server connections that a session keeps to its end: one on which it has left something
 * behind, and all where servers are its own by the file.
 */
final class OwnServers {

  private final Session session;
  private Link.@Nullable Held pinned;
  private final List<Link.Held> kept = new ArrayList<>();
  private Owner owner = new Owner();
  private Link.@Nullable Held wrote;

  OwnServers(Session session) {
    this.session = session;
  }

  /** The shard on which the session has left something behind, {@link Target#ANY} if none. */
  int pinnedShard() {
    return pinned == null ? Target.ANY : pinned.shard();
  }

  /** The connection that is kept for that; null if there is none. */
  Link.@Nullable Held find(Target target) {
    if (pinned != null && (target.isAny() || target.shard() == pinned.shard())) {
      return pinned;
    }
    for (Link.Held one : kept) {
      if (target.isAny() || target.shard() == one.shard()) {
        return one;
      }
    }
    return null;
  }

  /** A connection is used for that: it is kept if the target or the file says so. */
  void keepIfWanted(Link.Held now, Target target) {
    if (target.isCoordinator()) {
      return;
    }
    if (target.pins() && pinned == null) {
      pinned = now;
    }
    boolean keeps = session.identity().keepsServers() && !session.batch().isStarting();
    if (keeps && !kept.contains(now)) {
      kept.add(now);
    }
  }

  /** Whose state the session's connections have. */
  Owner owner() {
    return owner;
  }

  /** The session is done with all that it did: nothing of it may be left in any server. */
  void goes(ServerPool pool) {
    pool.goes(owner);
    owner = new Owner();
    wrote = null;
  }

  /** A statement is sent to that connection that may write, and take values of sequences. */
  void wrote(Link.Held now) {
    wrote = now;
  }

  /**
   * Keeps the connection on which the session has written last, if it is in use, or nobody had it
   * since; says its shard, {@link Target#ANY} if it is another's by now.
   */
  int recall(ServerPool pool) {
    Link.Held last = wrote;
    Link.Held now = session.link().held();
    if (last == null) {
      return Target.ANY;
    }
    ServerConnection connection = last.connection();
    boolean inUse = now != null && now.connection() == connection;
    if (inUse || contains(connection) || session.branches().shardOf(connection) != Target.ANY) {
      return last.shard();
    }
    if (session.transaction().state() == Transaction.State.OPEN || !pool.take(connection, owner)) {
      return Target.ANY;
    }
    pinned = last;
    connection.use(new PinnedIdle(session));
    return last.shard();
  }

  boolean contains(ServerConnection connection) {
    return (pinned != null && pinned.connection().equals(connection))
        || (!kept.isEmpty() && kept.stream().anyMatch(one -> one.connection().equals(connection)));
  }

  /** Whether all that are kept are to servers of their shards. */
  boolean fits(Members members) {
    return (pinned == null || fits(pinned, members))
        && kept.stream().allMatch(one -> fits(one, members));
  }

  private static boolean fits(Link.Held one, Members members) {
    return members.has(one.shard(), one.member().member().address());
  }

  /** A connection is gone; whether it was kept. */
  boolean lost(ServerConnection lost) {
    boolean own = contains(lost);
    pinned = pinned != null && pinned.connection().equals(lost) ? null : pinned;
    kept.removeIf(one -> one.connection().equals(lost));
    return own;
  }

  /** Keeps none any more: what is left behind on those that were kept is to be wiped. */
  Set<ServerConnection> leave() {
    Set<ServerConnection> own = new LinkedHashSet<>();
    if (pinned != null) {
      own.add(pinned.connection());
    }
    kept.forEach(one -> own.add(one.connection()));
    pinned = null;
    kept.clear();
    own.forEach(ServerConnection::suspect);
    return own;
  }
}

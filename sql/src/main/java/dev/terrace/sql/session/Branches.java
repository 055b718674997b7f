package dev.terrace.sql.session;

import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.wire.SqlError;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The servers that take part in a session's transaction beside the one in use: each waits in its
 * own transaction until a statement needs it or all end together.
 */
final class Branches {

  private final Session session;
  private final Map<Integer, Branch> byShard = new TreeMap<>();
  private final BitSet wrote = new BitSet();

  Branches(Session session) {
    this.session = session;
  }

  /** Whether the transaction has no server but the one in use. */
  boolean isEmpty() {
    return byShard.isEmpty();
  }

  /** The server in use waits here until it is needed again. */
  void park(Link.Held held) {
    byShard.put(held.shard(), new Branch(session, held));
  }

  /** Takes a shard's server out for use; null if it takes no part yet. */
  Link.@Nullable Held take(int shard) {
    Branch branch = byShard.remove(shard);
    return branch == null ? null : branch.held();
  }

  /**
   * Finds a connection for a part of a statement on several shards: the transaction's own to that
   * shard, if it has one.
   */
  void find(Target target, boolean joins, ServerSeeker.Found found) {
    Link.@Nullable Held own = joins ? take(target.shard()) : null;
    if (own != null) {
      found.found(own);
    } else {
      session
          .link()
          .seeker()
          .seek(
              target,
              new ServerSeeker.Found() {
                @Override
                public void found(Link.Held next) {
                  next.member().load().begin();
                  found.found(next);
                }

                @Override
                public void none(SqlError error) {
                  found.none(error);
                }
              });
    }
  }

  /** Any of the shards that take part, for a statement that runs on all alike. */
  int anyShard() {
    return byShard.keySet().iterator().next();
  }

  /** The shard of a connection that waits here, {@link Target#ANY} if it does not. */
  int shardOf(ServerConnection connection) {
    for (Branch branch : byShard.values()) {
      if (branch.held().connection().equals(connection)) {
        return branch.shard();
      }
    }
    return Target.ANY;
  }

  /** Something was sent to a shard that may write. */
  void wrote(int shard) {
    wrote.set(shard);
  }

  /** A transaction is over on the one server that it had. */
  void ended() {
    if (byShard.isEmpty()) {
      wrote.clear();
    }
  }

  /** Whether any part of the transaction may have written, that of the server in use included. */
  boolean haveWritten() {
    return !wrote.isEmpty();
  }

  /** Whether that part of the transaction may have written. */
  boolean hasWritten(Branch branch) {
    return wrote.get(branch.shard());
  }

  /** Their servers, in the order of the shards. */
  List<Link.Held> held() {
    return byShard.values().stream().map(Branch::held).toList();
  }

  /** All that take part, in the order of their shards. */
  List<Branch> all() {
    return new ArrayList<>(byShard.values());
  }

  /** Runs a statement on several at once, then goes on when all have answered. */
  static void each(List<Branch> branches, Function<Branch, String> sql, Runnable then) {
    if (branches.isEmpty()) {
      then.run();
      return;
    }
    int[] left = {branches.size()};
    for (Branch branch : branches) {
      branch.run(
          sql.apply(branch),
          () -> {
            if (--left[0] == 0) {
              then.run();
            }
          });
    }
  }

  /** The first error that any of them met, null if none did. */
  static @Nullable SqlError error(List<Branch> branches) {
    for (Branch branch : branches) {
      if (branch.error().isPresent()) {
        return branch.error().get();
      }
    }
    return null;
  }

  /** A server that waits here has died, and the transaction with it. */
  void lost(Branch branch) {
    if (byShard.remove(branch.shard(), branch)) {
      branch.held().member().load().end();
      session.transaction().broken(ServerSeeker.lost(branch.held()));
    }
  }

  /** The transaction is over: all are given back. */
  void release() {
    List<Branch> all = all();
    byShard.clear();
    wrote.clear();
    for (Branch branch : all) {
      if (!branch.isLost()) {
        session.link().giveBack(branch.held());
      }
    }
  }
}

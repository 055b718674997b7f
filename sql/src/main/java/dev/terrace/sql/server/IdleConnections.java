package dev.terrace.sql.server;

import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A server's connections that nobody uses, by account; those used last come first. */
final class IdleConnections {

  /** One of them. */
  record Idle(ServerConnection connection, long sinceNanos) {}

  /** How many are looked at for one with the right settings. */
  private static final int LOOK_MAX = 32;

  private final Map<Account, Deque<Idle>> byAccount = new HashMap<>();

  void put(ServerConnection connection) {
    byAccount
        .computeIfAbsent(connection.account(), a -> new ArrayDeque<>())
        .push(new Idle(connection, System.nanoTime()));
  }

  /**
   * Takes one out: best one on which the owner may have left something, else one that has the
   * settings, else any, last one on which another may have left something. It may be broken.
   */
  @Nullable ServerConnection take(Account account, Settings settings, Owner owner) {
    Deque<Idle> idle = byAccount.get(account);
    if (idle == null || idle.isEmpty()) {
      return null;
    }
    ServerConnection found = null;
    if (owner.hasLeftUnknown()) {
      found = take(idle, Integer.MAX_VALUE, c -> c.isUnknown() && c.owner() == owner);
    }
    if (found == null) {
      found = take(idle, LOOK_MAX, c -> !c.isUnknown() && c.settings().equals(settings));
    }
    if (found == null) {
      found = take(idle, Integer.MAX_VALUE, c -> !c.isUnknown());
    }
    return found == null ? idle.remove().connection() : found;
  }

  private static @Nullable ServerConnection take(
      Deque<Idle> idle, int looksMax, Predicate<ServerConnection> which) {
    int looked = 0;
    for (Iterator<Idle> each = idle.iterator(); each.hasNext() && looked < looksMax; looked++) {
      ServerConnection connection = each.next().connection();
      if (connection.isClean() && which.test(connection)) {
        each.remove();
        return connection;
      }
    }
    return null;
  }

  /** Takes that one out; whether it was here. */
  boolean take(ServerConnection connection) {
    Deque<Idle> idle = byAccount.get(connection.account());
    return idle != null && idle.removeIf(one -> one.connection() == connection);
  }

  /** Takes out those on which the owner may have left something. */
  List<ServerConnection> takeUnknown(Owner owner) {
    List<ServerConnection> taken = new ArrayList<>();
    for (Deque<Idle> idle : byAccount.values()) {
      for (Iterator<Idle> each = idle.iterator(); each.hasNext(); ) {
        ServerConnection connection = each.next().connection();
        if (connection.isUnknown() && connection.owner() == owner) {
          each.remove();
          taken.add(connection);
        }
      }
    }
    return taken;
  }

  /** Forgets one that is closed; whether it was here. */
  boolean forget(Channel channel) {
    boolean found = false;
    for (Deque<Idle> idle : byAccount.values()) {
      found |= idle.removeIf(one -> one.connection().channel().equals(channel));
    }
    return found;
  }

  /** The connection of any other account that nobody has used for longest. */
  @Nullable ServerConnection oldest(@Nullable Account but) {
    Idle oldest = null;
    for (Map.Entry<Account, Deque<Idle>> each : byAccount.entrySet()) {
      Idle last = each.getKey() == but ? null : each.getValue().peekLast();
      if (last != null && (oldest == null || last.sinceNanos() - oldest.sinceNanos() < 0)) {
        oldest = last;
      }
    }
    return oldest == null ? null : oldest.connection();
  }

  /** Those that are so; they stay here until they are closed. */
  List<ServerConnection> find(Predicate<Idle> which) {
    byAccount.values().removeIf(Deque::isEmpty);
    return byAccount.values().stream()
        .flatMap(Deque::stream)
        .filter(which)
        .map(Idle::connection)
        .toList();
  }
}

package dev.terrace.core.freshness;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Who is primary of each shard of each store, kept by whoever checks the servers. It outlives
 * reloads of the file, so that no reload makes an old primary believable again.
 */
public final class StoreRoles {

  /** A shard of a store. */
  public record Shard(String store, int number) {
    @Override
    public String toString() {
      return "shard " + number + " of " + store;
    }
  }

  /** Is told when a server's part has changed. */
  @FunctionalInterface
  public interface Follower {
    /** A part is another now. Must be quick and must not check servers itself. */
    void changed(Shard shard, ShardRoles before, ShardRoles now);

    /** Somebody who uses the shard has a sign that its primary is not what it was. */
    default void suspected(Shard shard) {
      // Not everybody can look.
    }
  }

  private final Map<Shard, ShardRoles> shards = new ConcurrentHashMap<>();
  private final List<Follower> followers = new CopyOnWriteArrayList<>();

  /** Tells the follower of changes from now on, one after the other. */
  public void follow(Follower follower) {
    followers.add(follower);
  }

  /**
   * The shard has these servers from now on. If it had none of them before, it is another shard,
   * and nothing of what was known counts.
   */
  public synchronized void declare(Shard shard, String primary, List<String> replicas) {
    ShardRoles known = shards.get(shard);
    if (known == null
        || (!known.servers().contains(primary)
            && known.servers().stream().noneMatch(replicas::contains))) {
      shards.put(shard, ShardRoles.of(primary, replicas));
    } else {
      shards.put(shard, known.declare(primary, replicas));
    }
  }

  /** Only these shards are left of a store's. */
  public synchronized void retain(Set<Shard> wanted) {
    shards.keySet().retainAll(wanted);
  }

  /** Takes in what a check saw of a server; says what is known of the shard now. */
  public synchronized ShardRoles note(Shard shard, String server, Sighting sighting) {
    ShardRoles before = shards.get(shard);
    if (before == null) {
      return ShardRoles.of(server, List.of()).after(server, sighting);
    }
    ShardRoles now = before.after(server, sighting);
    shards.put(shard, now);
    if (!kinds(before).equals(kinds(now)) || !before.primary().equals(now.primary())) {
      followers.forEach(f -> f.changed(shard, before, now));
    }
    return now;
  }

  private static List<Role.Kind> kinds(ShardRoles roles) {
    List<Role.Kind> kinds = new ArrayList<>();
    roles.servers().forEach(server -> kinds.add(roles.role(server).kind()));
    return kinds;
  }

  /** There is a sign that the shard's primary is not what it was: to be looked at soon. */
  public void suspect(Shard shard) {
    followers.forEach(f -> f.suspected(shard));
  }

  /** What is known of a shard. */
  public Optional<ShardRoles> of(String store, int shard) {
    return Optional.ofNullable(shards.get(new Shard(store, shard)));
  }

  /** All shards that there are. */
  public Set<Shard> all() {
    return new HashSet<>(shards.keySet());
  }
}

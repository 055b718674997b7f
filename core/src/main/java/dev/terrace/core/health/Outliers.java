package dev.terrace.core.health;

import dev.terrace.core.pool.Load;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Passive health of one pool: watches the work itself, and ejects members that fail it. An ejected
 * member comes back by time alone, after a longer time each time it fails again; never more than a
 * share of the members is out at once, and one that takes work always stays.
 *
 * <p>{@link #release} must be called from time to time, also while nothing is recorded: without it
 * nobody comes back.
 */
public final class Outliers {

  /**
   * When members are ejected.
   *
   * @param failures in a row; 0 to not count them
   * @param failureRate share of a window's requests; 0 to not count them
   * @param minRequests a window with fewer says nothing
   * @param windowNanos the time over which the share is taken
   * @param ejectForNanos how long the first time, twice that the second and so on
   * @param maxEjectForNanos how long at most
   * @param maxEjected share of the pool's members; one may always be ejected if another is left
   */
  public record Settings(
      int failures,
      double failureRate,
      int minRequests,
      long windowNanos,
      long ejectForNanos,
      long maxEjectForNanos,
      double maxEjected) {

    public Settings {
      if (failures < 0 || minRequests < 1 || windowNanos < 4 || ejectForNanos < 1) {
        throw new IllegalArgumentException("passive health needs counts and times above 0");
      }
    }

    boolean watchesRate() {
      return failureRate > 0;
    }
  }

  private final Pool pool;
  private final Settings settings;

  /** By the object that is a member's identity, whatever is changed about it. */
  private final Map<Load, Outlier> members = new ConcurrentHashMap<>();

  /** Whether any member is out: else release has nothing to look for. */
  private volatile boolean someEjected;

  /** Watches that pool. */
  public Outliers(Pool pool, Settings settings) {
    this.pool = pool;
    this.settings = settings;
  }

  /** The member did its work. */
  public void success(PoolMember member, long now) {
    of(member).success(now);
  }

  /**
   * The member failed a unit of work: did not answer, broke off, or answered that it could not.
   *
   * @param reason for people: "HTTP 503", "connection refused"
   * @return whether it was ejected for this
   */
  public boolean failure(PoolMember member, long now, String reason) {
    Outlier outlier = of(member);
    return outlier.failure(now) && eject(member, outlier, now, reason);
  }

  private Outlier of(PoolMember member) {
    Outlier known = members.get(member.load());
    return known != null ? known : watched(member);
  }

  private Outlier watched(PoolMember member) {
    // Members that are gone must not be kept for ever.
    if (members.size() > 2 * pool.snapshot().members().size() + 16) {
      members
          .keySet()
          .removeIf(load -> pool.snapshot().members().stream().noneMatch(m -> m.load() == load));
    }
    return members.computeIfAbsent(member.load(), _ -> new Outlier(settings));
  }

  private synchronized boolean eject(PoolMember member, Outlier outlier, long now, String reason) {
    if (outlier.ejected || !mayGo(member)) {
      return false;
    }
    long quiet = outlier.times == 0 ? 0 : Math.max(0, now - outlier.ejectedUntil);
    long forgotten = Math.min(outlier.times, quiet / settings.ejectForNanos());
    outlier.times += 1 - (int) forgotten;
    long longest = settings.maxEjectForNanos();
    long time =
        settings.ejectForNanos() > longest / outlier.times
            ? longest
            : settings.ejectForNanos() * outlier.times;
    outlier.ejected = true;
    outlier.ejectedUntil = now + time;
    someEjected = true;
    pool.setEjected(member.id(), true, reason + "; ejected for " + time / 1_000_000 + " ms");
    return true;
  }

  /** Whether the pool can do without the member. */
  private boolean mayGo(PoolMember member) {
    int all = 0;
    int out = 0;
    boolean another = false;
    for (PoolMember other : pool.snapshot().members()) {
      all++;
      if (other.ejected()) {
        out++;
      }
      boolean itself = other.load() == member.load();
      another |= !itself && other.state().takesNewWork();
    }
    return another && out + 1 <= Math.max(1, (int) (settings.maxEjected() * all));
  }

  /** Lets those back in whose time is over. Cheap while nobody is out. */
  public void release(long now) {
    if (someEjected) {
      releaseSome(now);
    }
  }

  private synchronized void releaseSome(long now) {
    boolean left = false;
    for (PoolMember member : pool.snapshot().members()) {
      Outlier outlier = members.get(member.load());
      if (outlier == null || !outlier.ejected) {
        continue;
      }
      if (now - outlier.ejectedUntil >= 0) {
        outlier.ejected = false;
        outlier.reset();
        pool.setEjected(member.id(), false, "back after ejection");
      } else {
        left = true;
      }
    }
    someEjected = left;
  }

  /** Puts all back, as when a file no longer asks for passive health. */
  public synchronized void close() {
    for (PoolMember member : pool.snapshot().members()) {
      if (member.ejected()) {
        pool.setEjected(member.id(), false, "not watched any more");
      }
    }
    members.clear();
    someEjected = false;
  }

  /** How many members are out. */
  public int ejected() {
    int count = 0;
    for (PoolMember member : pool.snapshot().members()) {
      if (member.state() == MemberState.EJECTED) {
        count++;
      }
    }
    return count;
  }
}

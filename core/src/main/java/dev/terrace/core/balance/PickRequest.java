package dev.terrace.core.balance;

import dev.terrace.core.pool.PoolMember;
import java.util.HashSet;
import java.util.Set;

/**
 * What a picker may know of the request.
 *
 * @param key a well mixed hash of what the policy's {@link Policy#hashInput} names (client address,
 *     header, ...); ignored by policies that name nothing
 * @param random 64 random bits: core draws none itself
 * @param nanos the time of a clock that only goes forward; 0 if it is not known: then nothing warms
 *     up and nothing decays
 * @param tried ids ({@link PoolMember#id}) of members that failed this request already
 */
public record PickRequest(long key, long random, long nanos, Set<String> tried) {

  /** A request of no particular time. */
  public PickRequest(long key, long random, Set<String> tried) {
    this(key, random, 0, tried);
  }

  /** The first attempt of a request that no hash decides. */
  public static PickRequest first(long random) {
    return new PickRequest(0, random, Set.of());
  }

  /** The same request after {@code memberId} failed it. */
  public PickRequest without(String memberId) {
    if (tried.isEmpty()) {
      return new PickRequest(key, random, nanos, Set.of(memberId));
    }
    Set<String> more = new HashSet<>(tried);
    more.add(memberId);
    return new PickRequest(key, random, nanos, more);
  }

  boolean allows(PoolMember member) {
    return tried.isEmpty() || !tried.contains(member.id());
  }
}

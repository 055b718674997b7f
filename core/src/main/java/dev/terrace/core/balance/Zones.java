package dev.terrace.core.balance;

import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSettings;
import dev.terrace.core.pool.PoolSnapshot;
import java.util.List;

/**
 * Keeps work within the own zone as long as that can bear it. While at least 5/7 of the own zone's
 * weight is up, all work stays in the zone; below, as much goes to the others as the zone is short
 * of: with half of it up, 7/10 stay. Who is chosen within either part is the policy's business.
 */
public final class Zones {

  /** A zone is planned with room to spare: this much of its weight carries all of its work. */
  private static final double SPARE = 1.4;

  private Zones() {}

  /** The policy's picker, that of the own zone first if the pool's settings say so. */
  public static Picker picker(Policy policy, PoolSnapshot snapshot) {
    PoolSettings settings = snapshot.settings();
    if (!settings.byZone() || snapshot.panic()) {
      return policy.picker(snapshot);
    }
    List<PoolMember> own = snapshot.available().stream().filter(m -> isOwn(m, settings)).toList();
    List<PoolMember> others =
        snapshot.available().stream().filter(m -> !isOwn(m, settings)).toList();
    if (own.isEmpty() || others.isEmpty()) {
      return policy.picker(snapshot);
    }
    long planned = 0;
    for (PoolMember member : snapshot.members()) {
      planned += isOwn(member, settings) && !member.draining() ? member.member().weight() : 0;
    }
    long up = 0;
    for (PoolMember member : own) {
      up += member.member().weight();
    }
    double stays = Math.min(1, SPARE * up / planned);
    Picker near = policy.picker(snapshot.only(own));
    Picker far = policy.picker(snapshot.only(others));
    return request -> {
      // Of a key its hash decides, so that it goes to the same member each time.
      long bits = request.key() != 0 ? request.key() : request.random();
      boolean stay = stays >= 1 || (Hashing.mix(~bits) >>> 11) * 0x1p-53 < stays;
      Pick pick = (stay ? near : far).pick(request);
      return pick instanceof Pick.Rejected ? (stay ? far : near).pick(request) : pick;
    };
  }

  private static boolean isOwn(PoolMember member, PoolSettings settings) {
    return member.member().zone().equals(settings.ownZone());
  }
}

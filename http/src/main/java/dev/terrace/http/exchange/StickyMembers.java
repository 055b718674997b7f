package dev.terrace.http.exchange;

import dev.terrace.core.balance.Hashing;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The members of a pool by what sticky cookies call them; worked out once for each snapshot. */
public final class StickyMembers {

  private record Known(long version, Map<String, PoolMember> byId, Set<String> all) {}

  private volatile @Nullable Known known;

  /** What a cookie calls a member: not its address, which is nobody's business. */
  static String id(PoolMember member) {
    return HexFormat.of().toHexDigits(Hashing.hash("sticky " + member.id()));
  }

  /** The member that the cookie names, if it takes new work; else null. */
  public @Nullable PoolMember find(PoolSnapshot snapshot, String cookieValue) {
    return known(snapshot).byId().get(cookieValue);
  }

  /** Whether the cookie names a member, whatever its state. */
  public boolean names(PoolSnapshot snapshot, String cookieValue) {
    return known(snapshot).all().contains(cookieValue);
  }

  private Known known(PoolSnapshot snapshot) {
    Known now = known;
    if (now == null || now.version() != snapshot.version()) {
      Map<String, PoolMember> byId = new HashMap<>();
      snapshot.available().forEach(member -> byId.put(id(member), member));
      Set<String> all =
          snapshot.members().stream().map(StickyMembers::id).collect(Collectors.toSet());
      now = new Known(snapshot.version(), byId, all);
      known = now;
    }
    return now;
  }
}

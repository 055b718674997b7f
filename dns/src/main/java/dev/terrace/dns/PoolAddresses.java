package dev.terrace.dns;

import dev.terrace.core.balance.ConsistentHash;
import dev.terrace.core.balance.HashInput;
import dev.terrace.core.balance.LeastConnections;
import dev.terrace.core.balance.PeakEwma;
import dev.terrace.core.balance.Pick;
import dev.terrace.core.balance.PickRequest;
import dev.terrace.core.balance.Picker;
import dev.terrace.core.balance.Policy;
import dev.terrace.core.balance.PowerOfTwoChoices;
import dev.terrace.core.balance.RandomChoice;
import dev.terrace.core.balance.RoundRobin;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;
import dev.terrace.core.signal.Counter;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of a pool's healthy members.
 *
 * <p>Each record has pickers of its own, one for A and one for AAAA, built anew whenever the pool's
 * snapshot changes. With the pool's shared picker the A and AAAA queries that clients send in pairs
 * would move one counter twice, and of two members A would only ever name the first.
 *
 * <p>With round-robin and several answers, a query moves the turn by one: members a, b, c give ab,
 * bc, ca. Picking twice would move it by two, and of four members only the first and third would
 * ever stand first, which is the one that clients take.
 */
final class PoolAddresses implements AddressSource {

  private final Pool pool;
  private final Optional<Policy> ownPolicy;
  private final int answers;
  private final Counter failOpen;
  private volatile @Nullable View view;

  /**
   * Nothing is chosen yet.
   *
   * @param ownPolicy overrules the pool's
   * @param failOpen counts the answers given while no member was healthy
   */
  PoolAddresses(Pool pool, Optional<Policy> ownPolicy, int answers, Counter failOpen) {
    this.pool = pool;
    this.ownPolicy = ownPolicy;
    this.answers = answers;
    this.failOpen = failOpen;
  }

  Pool pool() {
    return pool;
  }

  Policy policy() {
    return ownPolicy.orElseGet(pool::policy);
  }

  @Override
  public boolean hashesClient() {
    return hashes(policy());
  }

  private static boolean hashes(Policy policy) {
    return !(policy.hashInput() instanceof HashInput.None);
  }

  @Override
  public int choose(Family family, ClientKey client, long random, byte[][] chosen) {
    View now = current();
    int count = now.of(family).choose(client, random, answers, chosen);
    if (count > 0 && now.failOpen) {
      failOpen.increment();
    }
    return count;
  }

  private View current() {
    View known = view;
    return known != null && known.version == pool.snapshot().version() ? known : rebuild();
  }

  /** One at a time: two pickers for one snapshot would each start their own round. */
  private synchronized View rebuild() {
    PoolSnapshot snapshot = pool.snapshot();
    View known = view;
    if (known == null || known.version != snapshot.version()) {
      known = new View(snapshot, policy());
      view = known;
    }
    return known;
  }

  private static final class View {
    final long version;
    final boolean failOpen;
    private final Choice version4;
    private final Choice version6;

    View(PoolSnapshot snapshot, Policy policy) {
      version = snapshot.version();
      Candidates candidates = Candidates.of(snapshot);
      failOpen = candidates.failOpen();
      version4 = new Choice(snapshot, candidates.of(Family.V4), policy);
      version6 = new Choice(snapshot, candidates.of(Family.V6), policy);
    }

    Choice of(Family family) {
      return family == Family.V4 ? version4 : version6;
    }
  }

  /** The members of one family and the picker over them. */
  private static final class Choice {
    private final byte[][] addresses;
    private final IdentityHashMap<PoolMember, Integer> indexes = new IdentityHashMap<>();
    private final Picker picker;
    private final boolean hashes;
    private final boolean inTurn;

    Choice(PoolSnapshot snapshot, List<Candidates.Candidate> candidates, Policy policy) {
      List<PoolMember> members = candidates.stream().map(Candidates.Candidate::member).toList();
      addresses = candidates.stream().map(c -> c.address().getAddress()).toArray(byte[][]::new);
      for (int i = 0; i < members.size(); i++) {
        indexes.put(members.get(i), i);
      }
      picker =
          policy.picker(new PoolSnapshot(snapshot.pool(), snapshot.version(), members, members));
      hashes = hashes(policy);
      inTurn = isInTurn(policy);
    }

    private static boolean isInTurn(Policy policy) {
      return switch (policy) {
        case RoundRobin r -> true;
        case LeastConnections l -> false;
        case RandomChoice r -> false;
        case PowerOfTwoChoices p -> false;
        case PeakEwma p -> false;
        case ConsistentHash c -> false;
      };
    }

    int choose(ClientKey client, long random, int answers, byte[][] chosen) {
      if (addresses.length == 0) {
        return 0;
      }
      PickRequest request = new PickRequest(hashes ? client.hash() : 0, random, Set.of());
      int count = Math.min(answers, addresses.length);
      // When all are named, only who stands first is left to choose.
      if (inTurn || count == addresses.length) {
        int first = index(picker.pick(request));
        for (int i = 0; i < count; i++) {
          chosen[i] = addresses[(first + i) % addresses.length];
        }
        return count;
      }
      for (int i = 0; i < count; i++) {
        if (!(picker.pick(request) instanceof Pick.Picked(PoolMember member, String reason))) {
          return i;
        }
        chosen[i] = addresses[indexes.getOrDefault(member, 0)];
        request = request.without(member.id());
      }
      return count;
    }

    private int index(Pick pick) {
      return pick instanceof Pick.Picked(PoolMember member, String reason)
          ? indexes.getOrDefault(member, 0)
          : 0;
    }
  }
}

package dev.terrace.console;

import dev.terrace.console.view.PoolView;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.Pools;
import java.util.List;
import java.util.Optional;

/**
 * {@code POST /api/members/POOL/MEMBER/drain} and {@code .../undrain}: takes a member out of
 * rotation, or puts it back. Work that it has in hand goes on.
 */
record MemberCommand(Overview overview) implements Routes.Endpoint {

  private static final int SEGMENTS = 5;

  static boolean matches(Call call) {
    List<String> s = call.segments();
    return s.size() == SEGMENTS
        && s.get(0).equals("api")
        && s.get(1).equals("members")
        && (s.get(4).equals("drain") || s.get(4).equals("undrain"));
  }

  @Override
  public Answer answer(Call call) {
    String name = call.segments().get(2);
    String member = call.segments().get(3);
    Pools pools = overview.sources().pools();
    Optional<Pool> pool = pools.find(name);
    if (pool.isEmpty()) {
      List<String> known = pools.all().stream().map(Pool::name).toList();
      return Answer.problem(
          Answer.NOT_FOUND, "there is no pool '" + name + "'", "pools are: " + known);
    }
    if (pool.get().snapshot().find(member).isEmpty()) {
      List<String> known = pool.get().snapshot().members().stream().map(m -> m.id()).toList();
      return Answer.problem(
          Answer.NOT_FOUND,
          "pool '" + name + "' has no member '" + member + "'",
          "its members are: " + known);
    }
    pool.get().setDraining(member, call.segments().get(4).equals("drain"));
    return PoolView.all(overview.subject()).stream()
        .flatMap(p -> p.members().stream())
        .filter(m -> m.pool().equals(name) && m.id().equals(member))
        .findFirst()
        .map(view -> Answer.json(Answer.OK, view))
        .orElseGet(
            () -> Answer.problem(Answer.NOT_FOUND, "the member has just left", "list the pools"));
  }
}

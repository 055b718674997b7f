package dev.terrace.http;

import dev.terrace.config.RouteConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.balance.HashInput;
import dev.terrace.core.balance.Pick;
import dev.terrace.core.balance.PickRequest;
import dev.terrace.core.balance.Policy;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.route.RouteRule;
import dev.terrace.core.signal.Explanation;
import dev.terrace.core.signal.Explanation.Step;
import dev.terrace.http.exchange.Reason;
import dev.terrace.http.exchange.RequestKey;
import dev.terrace.http.exchange.StickyMembers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What would become of an HTTP request, decided by the code that serves, without sending it. */
public final class HttpExplain {

  private static final String TIER = "http";

  private HttpExplain() {}

  /**
   * The decisions that the request would meet.
   *
   * @param url a path, or a URL whose host stands for the Host header
   * @param clientAddress the client's IP address, which some policies hash
   */
  public static Explanation explain(
      TerraceConfig file,
      Pools pools,
      String method,
      String url,
      Map<String, String> headers,
      String clientAddress) {
    DescribedRequest request = DescribedRequest.of(method, url, headers, clientAddress);
    List<Step> steps = new ArrayList<>();
    List<RouteConfig> routes = file.http().routes();
    for (int i = 0; i < routes.size(); i++) {
      RouteConfig route = routes.get(i);
      RouteRule rule = HttpFront.rule(route);
      String name = "route " + (i + 1) + " (" + rule.label() + ")";
      Optional<String> mismatch = rule.mismatch(request);
      if (mismatch.isPresent()) {
        steps.add(new Step(TIER, "route", "not " + name, mismatch.get()));
      } else {
        steps.add(new Step(TIER, "route", name, "the first that matches " + request.path()));
        pool(route, pools, request, clientAddress, steps);
        return new Explanation(steps);
      }
    }
    steps.add(answer(Reason.NO_ROUTE));
    return new Explanation(steps);
  }

  private static void pool(
      RouteConfig route,
      Pools pools,
      DescribedRequest request,
      String clientAddress,
      List<Step> steps) {
    String name = route.serving().getFirst();
    Optional<Pool> found = pools.find(name);
    if (found.isEmpty()) {
      steps.add(new Step(TIER, "pool", name, "the route names it, but there is none"));
      return;
    }
    PoolSnapshot snapshot = found.get().snapshot();
    steps.add(
        new Step(
            TIER,
            "pool",
            name,
            snapshot.available().size() + " of " + snapshot.members().size() + " members are up"));
    for (PoolMember member : snapshot.members()) {
      if (!member.state().takesNewWork()) {
        String state = member.state() + ": " + member.reason();
        steps.add(new Step(TIER, "member", "not " + member.id(), state));
      }
    }
    if (!sticky(route, snapshot, request, steps)) {
      byPolicy(found.get().policy(), snapshot, request, clientAddress, steps);
    }
  }

  private static boolean sticky(
      RouteConfig route, PoolSnapshot snapshot, DescribedRequest request, List<Step> steps) {
    if (route.sticky().isEmpty()) {
      return false;
    }
    String cookie = route.sticky().get().cookie();
    CharSequence value = request.cookie(cookie);
    Optional<PoolMember> member =
        value == null
            ? Optional.empty()
            : Optional.ofNullable(new StickyMembers().find(snapshot, value.toString()));
    String why =
        value == null
            ? "the request has no cookie " + cookie + "; its answer will set one"
            : "cookie "
                + cookie
                + (member.isPresent() ? " names it" : " names no member that is up");
    steps.add(new Step(TIER, "sticky", member.map(PoolMember::id).orElse("no member"), why));
    return member.isPresent();
  }

  private static void byPolicy(
      Policy policy,
      PoolSnapshot snapshot,
      DescribedRequest request,
      String clientAddress,
      List<Step> steps) {
    String hashed =
        switch (policy.hashInput()) {
          case HashInput.None() -> "the pool's policy";
          case HashInput.ClientAddress() -> "hashes the client's address " + clientAddress;
          case HashInput.Header(String name) -> "hashes header " + name;
          case HashInput.Cookie(String name) -> "hashes cookie " + name;
          case HashInput.Query(String name) -> "hashes query parameter " + name;
          case HashInput.Path() -> "hashes the path " + request.path();
        };
    steps.add(new Step(TIER, "policy", policy.name(), hashed));
    long key = RequestKey.of(policy.hashInput(), request, clientAddress);
    // A picker of its own: explaining must not take anybody's turn.
    switch (policy.picker(snapshot).pick(new PickRequest(key, 0, Set.of()))) {
      case Pick.Picked(PoolMember member, String reason) -> {
        boolean always = !(policy.hashInput() instanceof HashInput.None);
        String why = reason + (always ? "" : "; the next request may get another");
        steps.add(new Step(TIER, "member", member.id(), why));
      }
      case Pick.Rejected(Pick.Cause cause) -> steps.add(answer(Reason.of(cause)));
    }
  }

  private static Step answer(Reason reason) {
    return new Step(
        TIER, "answer", String.valueOf(reason.status()), reason.name() + ": " + reason.words());
  }
}

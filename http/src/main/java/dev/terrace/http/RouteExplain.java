package dev.terrace.http;

import dev.terrace.config.RouteConfig;
import dev.terrace.config.RouteConfig.RedirectConfig;
import dev.terrace.core.balance.HashInput;
import dev.terrace.core.balance.Hashing;
import dev.terrace.core.balance.Pick;
import dev.terrace.core.balance.PickRequest;
import dev.terrace.core.balance.Policy;
import dev.terrace.core.balance.WeightedSplit;
import dev.terrace.core.balance.Zones;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.route.PathRewrite;
import dev.terrace.core.route.RedirectTarget;
import dev.terrace.core.signal.Explanation.Step;
import dev.terrace.http.exchange.Reason;
import dev.terrace.http.exchange.RequestKey;
import dev.terrace.http.exchange.StickyMembers;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What one route would do with a request, step by step. */
final class RouteExplain {

  private static final String TIER = "http";

  private final RouteConfig route;
  private final Pools pools;
  private final DescribedRequest request;
  private final String clientAddress;
  private final List<Step> steps;

  RouteExplain(
      RouteConfig route,
      Pools pools,
      DescribedRequest request,
      String clientAddress,
      List<Step> steps) {
    this.route = route;
    this.pools = pools;
    this.request = request;
    this.clientAddress = clientAddress;
    this.steps = steps;
  }

  private void step(String subject, String choice, String reason) {
    steps.add(new Step(TIER, subject, choice, reason));
  }

  /** Adds all steps. */
  void explain() {
    route
        .rateLimit()
        .ifPresent(limit ->
            step(
                "rate-limit",
                limit.rate() + " by " + limit.by(),
                "up to " + limit.capacity() + " at once; beyond that 429 RATE_LIMITED"));
    route
        .maxBody()
        .ifPresent(
            size -> step("max-body", size.bytes() + " bytes", "beyond that 413 BODY_TOO_LARGE"));
    if (route.redirect().isPresent()) {
      RedirectConfig redirect = route.redirect().get();
      String to =
          new RedirectTarget(redirect.to())
              .of("http", request.host(), request.writtenPath(), request.writtenQuery());
      step("redirect", to, "the route answers with " + redirect.status());
    } else if (route.respond().isPresent()) {
      step("answer", "" + route.respond().get().status(), "the route has a fixed answer");
    } else if (!route.serving().isEmpty()) {
      forwarded();
    }
  }

  private void forwarded() {
    String serving = route.pool().orElseGet(this::weighted);
    Optional<Pool> found = pools.find(serving);
    if (found.isEmpty()) {
      step("pool", serving, "the route names it, but there is none");
      return;
    }
    PoolSnapshot snapshot = found.get().snapshot();
    String panic =
        snapshot.panic() ? "too few members are up: all that do not drain are used; " : "";
    long well = snapshot.members().stream().filter(m -> m.state().takesNewWork()).count();
    step("pool", serving, panic + well + " of " + snapshot.members().size() + " members are up");
    for (PoolMember member : snapshot.members()) {
      if (!member.state().takesNewWork()) {
        step("member", "not " + member.id(), member.state() + ": " + member.reason());
      }
    }
    if (!sticky(snapshot)) {
      byPolicy(found.get().policy(), snapshot);
    }
    besides();
  }

  /** The pool that the sticky cookie names, else that of the key, else the one most likely. */
  private String weighted() {
    String cookie =
        route.sticky().map(s -> request.cookie(s.cookie())).map(Object::toString).orElse("");
    List<String> names = route.serving();
    for (String name : names) {
      Optional<Pool> pool = pools.find(name);
      if (pool.isPresent() && new StickyMembers().names(pool.get().snapshot(), cookie)) {
        step("pools", name, "its sticky cookie names a member of it");
        return name;
      }
    }
    List<Integer> weights = names.stream().map(route.pools()::get).toList();
    HashInput by = route.splitBy().orElseGet(HashInput.None::new);
    CharSequence key = RequestKey.text(by, request, clientAddress);
    boolean hasKey = !key.isEmpty();
    int chosen =
        hasKey
            ? new WeightedSplit(names, weights).choose(Hashing.hash(key))
            : weights.indexOf(Collections.max(weights));
    int total = weights.stream().mapToInt(weight -> weight).sum();
    step(
        "pools",
        names.get(chosen),
        "has "
            + weights.get(chosen)
            + " of "
            + total
            + (hasKey
                ? " shares, this " + by.text() + " among them"
                : " shares; the next request may get another"));
    return names.get(chosen);
  }

  private boolean sticky(PoolSnapshot snapshot) {
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
    step("sticky", member.map(PoolMember::id).orElse("no member"), why);
    return member.isPresent();
  }

  private void byPolicy(Policy policy, PoolSnapshot snapshot) {
    String hashed =
        switch (policy.hashInput()) {
          case HashInput.None() -> "the pool's policy";
          case HashInput.ClientAddress() -> "hashes the client's address " + clientAddress;
          case HashInput.Header(String name) -> "hashes header " + name;
          case HashInput.Cookie(String name) -> "hashes cookie " + name;
          case HashInput.Query(String name) -> "hashes query parameter " + name;
          case HashInput.Path() -> "hashes the path " + request.path();
        };
    step("policy", policy.name(), hashed);
    long key = RequestKey.of(policy.hashInput(), request, clientAddress);
    // A picker of its own: explaining must not take anybody's turn.
    PickRequest asked = new PickRequest(key, 0, System.nanoTime(), Set.of());
    switch (Zones.picker(policy, snapshot).pick(asked)) {
      case Pick.Picked(PoolMember member, String reason) -> {
        boolean always = !(policy.hashInput() instanceof HashInput.None);
        step("member", member.id(), reason + (always ? "" : "; the next request may get another"));
      }
      case Pick.Rejected(Pick.Cause cause) -> steps.add(answer(Reason.of(cause)));
    }
  }

  /** What is done besides sending it to the member. */
  private void besides() {
    route
        .rewrite()
        .flatMap(rewrite -> rewrite.path())
        .ifPresent(to -> {
          PathRewrite rewrite = PathRewrite.of(to, route.match().path(), route.match().pathRegex());
          String path = rewrite.apply(request.writtenPath(), request.path());
          step("path", path, "the route rewrites it to " + to);
        });
    route
        .rewrite()
        .flatMap(rewrite -> rewrite.host())
        .ifPresent(host -> step("host", host, "the route rewrites it"));
    route
        .hedge()
        .ifPresent(hedge ->
            step(
                "hedge",
                "a second member after " + hedge.after().toMillis() + "ms",
                "if the method is idempotent and there is no body"));
    route
        .mirror()
        .ifPresent(mirror ->
            step("mirror", mirror.pool(), "is sent a copy of " + mirror.share() + " of requests"));
  }

  /** An answer that Terrace itself gives. */
  static Step answer(Reason reason) {
    return new Step(
        TIER, "answer", String.valueOf(reason.status()), reason.name() + ": " + reason.words());
  }
}

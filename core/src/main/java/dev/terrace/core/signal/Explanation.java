package dev.terrace.core.signal;

import java.util.List;

/** The decisions that one request, name, key or statement meets, in order, each with its reason. */
public record Explanation(List<Step> steps) {

  /**
   * One decision.
   *
   * @param tier the front: dns, http, sql, kv
   * @param subject what was decided: route, pool, member, collection, shard, role
   * @param choice what was chosen
   * @param reason why
   */
  public record Step(String tier, String subject, String choice, String reason) {}

  public Explanation {
    steps = List.copyOf(steps);
  }
}

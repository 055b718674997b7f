package dev.terrace.console.view;

import dev.terrace.core.freshness.ReplicaProgress.Progress;
import dev.terrace.core.pool.Load;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.signal.Metric;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A member as it stands.
 *
 * @param state up, warming, draining or down
 * @param reason what its health rests on
 * @param draining whether an operator took it out of rotation; true also while it is down
 * @param lagMillis how far a replica was behind when last checked; null for what is no replica
 */
public record MemberView(
    String pool,
    String id,
    String state,
    String reason,
    boolean draining,
    int weight,
    String zone,
    int inFlight,
    double perSecond,
    double failuresPerSecond,
    long requests,
    long failures,
    @Nullable Long lagMillis) {

  static MemberView of(Subject subject, String pool, PoolMember member) {
    Load load = member.load();
    return new MemberView(
        pool,
        member.id(),
        member.state().name().toLowerCase(Locale.ROOT),
        member.reason(),
        member.draining(),
        member.member().weight(),
        member.member().zone(),
        load.inFlight(),
        Subject.rounded(subject.rates().perSecondOf(Metric.MEMBER_REQUESTS, pool, member.id())),
        Subject.rounded(subject.rates().perSecondOf(Metric.MEMBER_FAILURES, pool, member.id())),
        load.started(),
        load.failed(),
        null);
  }

  MemberView withLag(Progress progress) {
    return new MemberView(
        pool,
        id,
        state,
        reason,
        draining,
        weight,
        zone,
        inFlight,
        perSecond,
        failuresPerSecond,
        requests,
        failures,
        progress.lag().toMillis());
  }
}

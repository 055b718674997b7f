package dev.terrace.console.view;

import dev.terrace.core.freshness.ReplicaProgress.Progress;
import dev.terrace.core.pool.Drain;
import dev.terrace.core.pool.Load;
import dev.terrace.core.pool.MemberSource;
import dev.terrace.core.pool.Membership;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.signal.Metric;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A member as it stands.
 *
 * @param state up, warming, draining or down
 * @param reason what its health rests on
 * @param draining whether an operator took it out of rotation; true also while it is down
 * @param drainUntilMillis when its connections are closed, in Unix time; null if they may finish
 * @param source who says that it belongs to the pool: file, dns, file-watch or api
 * @param edited whether an operator changed what its source says
 * @param lagMillis how far a replica was behind when last checked; null for what is no replica
 */
public record MemberView(
    String pool,
    String id,
    String state,
    String reason,
    boolean draining,
    @Nullable Long drainUntilMillis,
    int weight,
    String zone,
    String source,
    boolean edited,
    int inFlight,
    double perSecond,
    double failuresPerSecond,
    long requests,
    long failures,
    @Nullable Long lagMillis) {

  static MemberView of(
      Subject subject, String pool, Optional<Membership> membership, PoolMember member) {
    Load load = member.load();
    Optional<Instant> deadline =
        membership.map(m -> m.drains().get(member.id())).flatMap(Drain::deadline);
    return new MemberView(
        pool,
        member.id(),
        member.state().name().toLowerCase(Locale.ROOT),
        member.reason(),
        member.draining(),
        deadline.map(Instant::toEpochMilli).orElse(null),
        member.member().weight(),
        member.member().zone(),
        membership.map(m -> m.source(member.id())).orElse(MemberSource.FILE).word(),
        membership.map(m -> m.edits().containsKey(member.id())).orElse(false),
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
        drainUntilMillis,
        weight,
        zone,
        source,
        edited,
        inFlight,
        perSecond,
        failuresPerSecond,
        requests,
        failures,
        progress.lag().toMillis());
  }
}

package dev.terrace.http.exchange;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Histogram;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One member's counters of requests tried on it; they are gone when the member is. */
final class MemberMetrics {

  private static final String ABANDONED = "abandoned";

  private final Signals signals;
  private final String pool;
  private final String member;
  private final List<String> results = new ArrayList<>();
  private final Counter[] byStatusClass = new Counter[6];
  private final Map<AttemptFailure, Counter> failed = new EnumMap<>(AttemptFailure.class);
  private final Counter abandoned;
  private final Histogram seconds;
  private final Histogram firstByteSeconds;

  MemberMetrics(Signals signals, String pool, PoolMember of) {
    this.signals = signals;
    this.pool = pool;
    member = of.id();
    for (int i = 1; i < byStatusClass.length; i++) {
      byStatusClass[i] = counter(i + "xx");
    }
    byStatusClass[0] = counter("other");
    for (AttemptFailure failure : AttemptFailure.values()) {
      failed.put(failure, counter(failure.name()));
    }
    abandoned = counter(ABANDONED);
    seconds = signals.histogram(Metric.HTTP_MEMBER_SECONDS, pool, member);
    firstByteSeconds = signals.histogram(Metric.HTTP_MEMBER_FIRST_BYTE, pool, member);
  }

  private Counter counter(String result) {
    results.add(result);
    return signals.counter(Metric.HTTP_MEMBER_TRIES, pool, member, result);
  }

  /** The head of an answer came, that many nanoseconds after the member was chosen. */
  void answered(long nanos) {
    firstByteSeconds.recordNanos(nanos);
  }

  /**
   * A try is over, after that many nanoseconds.
   *
   * @param status of the answer, 0 if none came
   */
  void over(int status, @Nullable AttemptFailure failure, long nanos) {
    Counter failures = failure == null ? null : failed.get(failure);
    if (failures != null) {
      failures.increment();
    } else if (status == 0) {
      abandoned.increment();
    } else {
      byStatusClass[status < 600 ? status / 100 : 0].increment();
      seconds.recordNanos(nanos);
    }
  }

  /** The member is gone. */
  void remove() {
    results.forEach(r -> signals.removeCounter(Metric.HTTP_MEMBER_TRIES, pool, member, r));
    signals.removeHistogram(Metric.HTTP_MEMBER_SECONDS, pool, member);
    signals.removeHistogram(Metric.HTTP_MEMBER_FIRST_BYTE, pool, member);
  }
}

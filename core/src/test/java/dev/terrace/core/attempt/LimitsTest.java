package dev.terrace.core.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.balance.Hashing;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Budgets, buckets and permits: what bounds how much is done. */
class LimitsTest {

  private static final long SECOND = 1_000_000_000L;

  @Test
  void aBudgetIsAShareOfTheLastTenSecondsAndAMinimum() {
    long start = -5 * SECOND + 123; // the clock may be anywhere, below 0 too
    RetryBudget budget = new RetryBudget(0.2, 1, start);
    for (int i = 0; i < 1000; i++) {
      budget.request(start + i * SECOND / 100);
    }
    long now = start + 10 * SECOND - 1000;
    int allowed = 0;
    while (budget.tryRetry(now)) {
      allowed++;
    }
    assertThat(allowed).isBetween(200, 210);
    assertThat(budget.refused()).isEqualTo(1);
    assertThat(budget.tryRetry(now + 5 * SECOND)).as("spent, and requests grow old").isFalse();
    int later = 0;
    while (budget.tryRetry(now + 60 * SECOND)) {
      later++;
    }
    assertThat(later).as("the minimum of ten seconds").isEqualTo(10);
  }

  @Test
  void aBudgetOfNothingAllowsNothing() {
    RetryBudget budget = new RetryBudget(0, 0, 0);
    budget.request(0);
    assertThat(budget.tryRetry(1)).isFalse();
    Attempt failed = new Attempt(1, AttemptFailure.CLOSED, false, true, true, true, false);
    assertThat(NextStep.after(failed, 3, budget, 1)).isEqualTo(NextStep.BUDGET_SPENT);
    assertThat(NextStep.after(failed, 3, new RetryBudget(0, 1, 0), 1))
        .isEqualTo(NextStep.OTHER_MEMBER);
    Attempt unsent = new Attempt(1, AttemptFailure.UNREACHABLE, false, false, true, true, false);
    assertThat(NextStep.after(unsent, 3, budget, 1)).isEqualTo(NextStep.OTHER_MEMBER);
    Attempt stale = new Attempt(1, AttemptFailure.CLOSED, true, true, true, true, false);
    assertThat(NextStep.after(stale, 3, budget, 1)).isEqualTo(NextStep.SAME_MEMBER_ANEW);
  }

  @Test
  void aBucketLetsItsBurstAndThenItsRate() {
    TokenBucket bucket = new TokenBucket(10, 3, SECOND);
    assertThat(List.of(bucket.tryTake(SECOND), bucket.tryTake(SECOND), bucket.tryTake(SECOND)))
        .containsOnly(0L);
    assertThat(bucket.tryTake(SECOND)).isEqualTo(SECOND / 10);
    assertThat(bucket.tryTake(SECOND + SECOND / 20)).isEqualTo(SECOND / 20);
    assertThat(bucket.tryTake(SECOND + SECOND / 10)).isZero();
    assertThat(bucket.tryTake(SECOND + SECOND / 10)).isPositive();
    for (int i = 0; i < 3; i++) {
      assertThat(bucket.tryTake(100 * SECOND)).as("full again, not fuller").isZero();
    }
    assertThat(bucket.tryTake(100 * SECOND)).isPositive();
  }

  /** Over any time a key gets its burst and its rate, whatever comes when. */
  @Test
  void aLimiterIsExactForEachKey() {
    Random random = new Random(7);
    Counter forgotten = forgotten();
    RateLimiter limiter = new RateLimiter(50, 20, 4096, forgotten);
    int[] got = new int[300];
    long now = -3 * SECOND;
    long end = now + 10 * SECOND;
    while (now < end) {
      int key = random.nextInt(got.length);
      got[key] += limiter.tryTake(Hashing.mix(key), now) == 0 ? 1 : 0;
      now += 20_000;
    }
    assertThat(forgotten.value()).isZero();
    for (int count : got) {
      assertThat(count).isBetween(505, 521);
    }
  }

  private static Counter forgotten() {
    return new Signals().counter(Metric.HTTP_RATE_LIMIT_FORGOTTEN, "a");
  }

  @Test
  void aFloodOfKeysIsForgottenRatherThanKept() {
    Counter forgotten = forgotten();
    RateLimiter limiter = new RateLimiter(1, 1, 64, forgotten);
    for (int key = 0; key < 10_000; key++) {
      assertThat(limiter.tryTake(Hashing.mix(key), 5)).isZero();
    }
    assertThat(forgotten.value()).isGreaterThan(9000);
    long last = Hashing.mix(9_999);
    assertThat(limiter.tryTake(last, 6)).as("the newest is remembered").isPositive();
  }

  @Test
  void threadsTogetherGetNoMoreThanOne() throws InterruptedException {
    RateLimiter limiter = new RateLimiter(1, 1000, 64, forgotten());
    Permits permits = new Permits(10);
    AtomicInteger got = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(4);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                begun.countDown();
                for (int i = 0; i < 20_000; i++) {
                  got.addAndGet(limiter.tryTake(42, 0) == 0 ? 1 : 0);
                  if (permits.tryAcquire()) {
                    most.accumulateAndGet(permits.inUse(), Math::max);
                    permits.end(Permits.End.SUCCESS);
                  }
                }
              }));
    }
    begun.await();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(got).hasValue(1000);
    assertThat(most.get()).isBetween(1, 10);
    assertThat(permits.inUse()).isZero();
  }

  @Test
  void permitsEndOnce() {
    Permits permits = new Permits(1);
    assertThat(permits.tryAcquire()).isTrue();
    assertThat(permits.tryAcquire()).isFalse();
    assertThat(permits.refused()).isEqualTo(1);
    permits.end(Permits.End.DROPPED);
    assertThat(permits.ended(Permits.End.DROPPED)).isEqualTo(1);
    assertThatThrownBy(() -> permits.end(Permits.End.SUCCESS))
        .isInstanceOf(IllegalStateException.class);
    permits.resize(0);
    assertThat(permits.tryAcquire()).isFalse();
  }

  @Test
  void hedgesOnlyWhatMayBeAskedTwice() {
    HedgePolicy hedge = new HedgePolicy(50);
    RetryBudget some = new RetryBudget(0, 1, 0);
    RetryBudget none = new RetryBudget(0, 0, 0);
    assertThat(hedge.after(true, false, false, 49, some, 0)).isEqualTo(HedgePolicy.Verdict.WAIT);
    assertThat(hedge.after(true, false, false, 50, some, 0)).isEqualTo(HedgePolicy.Verdict.HEDGE);
    assertThat(hedge.after(true, false, false, 50, none, 0))
        .isEqualTo(HedgePolicy.Verdict.BUDGET_SPENT);
    assertThat(hedge.after(false, false, false, 50, some, 0)).isEqualTo(HedgePolicy.Verdict.NEVER);
    assertThat(hedge.after(true, true, false, 50, some, 0)).isEqualTo(HedgePolicy.Verdict.NEVER);
    assertThat(hedge.after(true, false, true, 50, some, 0)).isEqualTo(HedgePolicy.Verdict.NEVER);
  }
}

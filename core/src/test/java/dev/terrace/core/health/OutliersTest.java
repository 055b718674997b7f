package dev.terrace.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.balance.PickRequest;
import dev.terrace.core.balance.RoundRobin;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutliersTest {

  private static final long SECOND = 1_000_000_000L;
  private static final Outliers.Settings SETTINGS =
      new Outliers.Settings(3, 0.5, 10, 10 * SECOND, 10 * SECOND, 25 * SECOND, 0.5);

  private final Pool pool =
      new Pool(
          "app",
          List.of(Member.of("a"), Member.of("b"), Member.of("c"), Member.of("d")),
          new RoundRobin());
  private final Outliers outliers = new Outliers(pool, SETTINGS);

  private PoolMember member(String id) {
    return pool.snapshot().find(id).orElseThrow();
  }

  private MemberState state(String id) {
    return member(id).state();
  }

  private boolean failThrice(String id, long now) {
    boolean ejected = false;
    for (int i = 0; i < 3; i++) {
      ejected |= outliers.failure(member(id), now, "HTTP 503");
    }
    return ejected;
  }

  @Test
  void failuresInARowEjectUntilTheTimeIsOver() {
    outliers.failure(member("a"), 1, "x");
    outliers.failure(member("a"), 2, "x");
    outliers.success(member("a"), 3);
    assertThat(outliers.failure(member("a"), 4, "x")).as("the row was broken").isFalse();
    outliers.failure(member("a"), 5, "x");
    assertThat(outliers.failure(member("a"), 6, "HTTP 503")).isTrue();
    assertThat(state("a")).isEqualTo(MemberState.EJECTED);
    assertThat(member("a").reason()).isEqualTo("HTTP 503; ejected for 10000 ms");
    assertThat(pool.snapshot().available()).hasSize(3);
    outliers.release(5 + 10 * SECOND);
    assertThat(state("a")).isEqualTo(MemberState.EJECTED);
    outliers.release(6 + 10 * SECOND);
    assertThat(state("a")).isEqualTo(MemberState.UP);
    assertThat(outliers.ejected()).isZero();
  }

  @Test
  void eachTimeIsLongerUpToTheLongestAndQuietForgets() {
    long now = 0;
    for (long seconds : new long[] {10, 20, 25, 25}) {
      assertThat(failThrice("a", now)).isTrue();
      outliers.release(now + seconds * SECOND - 1);
      assertThat(state("a")).isEqualTo(MemberState.EJECTED);
      now += seconds * SECOND;
      outliers.release(now);
      assertThat(state("a")).isEqualTo(MemberState.UP);
    }
    now += 100 * SECOND;
    failThrice("a", now);
    assertThat(member("a").reason()).contains("10000 ms");
  }

  @Test
  void aHighRateEjectsWithoutARow() {
    boolean ejected = false;
    for (int i = 0; i < 40; i++) {
      if (i % 5 < 2) {
        outliers.success(member("b"), i * SECOND / 10);
      } else if (i % 5 < 4) {
        ejected |= outliers.failure(member("b"), i * SECOND / 10, "x");
      } else {
        outliers.success(member("b"), i * SECOND / 10);
      }
    }
    assertThat(ejected).as("40% is below the rate").isFalse();
    for (int i = 0; i < 40 && !ejected; i++) {
      outliers.success(member("b"), (100 + i) * SECOND);
      ejected = outliers.failure(member("b"), (100 + i) * SECOND, "x");
      assertThat(ejected && i < 4).as("too few requests in the window say nothing").isFalse();
    }
    assertThat(ejected).isTrue();
  }

  @Test
  void aShareOfThePoolAndALastMemberStay() {
    assertThat(failThrice("a", 0)).isTrue();
    assertThat(failThrice("b", 0)).isTrue();
    assertThat(failThrice("c", 0)).as("half of the pool is out").isFalse();
    Pool two = new Pool("two", List.of(Member.of("a"), Member.of("b")), new RoundRobin());
    Outliers all = new Outliers(two, new Outliers.Settings(1, 0, 1, SECOND, SECOND, SECOND, 1));
    two.setHealth("b", MemberState.DOWN, "x");
    PoolMember only = two.snapshot().find("a").orElseThrow();
    assertThat(all.failure(only, 0, "x")).as("nobody else takes work").isFalse();
    two.setHealth("b", MemberState.UP, "x");
    assertThat(all.failure(only, 0, "x")).isTrue();
    all.close();
    assertThat(two.snapshot().available()).hasSize(2);
  }

  /** Whatever fails and whenever: somebody can always be picked, and all come back in the end. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {3, 20261124})
  void somebodyStays(long seed) {
    Random random = new Random(seed);
    long now = 0;
    for (int step = 0; step < 100_000; step++) {
      now += random.nextInt(50_000_000);
      PoolMember member = pool.snapshot().members().get(random.nextInt(4));
      if (random.nextInt(100) < 60) {
        outliers.failure(member, now, "x");
      } else {
        outliers.success(member, now);
      }
      outliers.release(now);
      assertThat(outliers.ejected()).as("seed %d, step %d", seed, step).isLessThanOrEqualTo(2);
      assertThat(pool.pick(PickRequest.first(random.nextLong())).reason()).isEqualTo("round-robin");
    }
    outliers.release(now + 25 * SECOND);
    assertThat(outliers.ejected()).isZero();
  }
}

package dev.terrace.sql.ids;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.sql.ids.IdSequence.Lease;
import dev.terrace.testkit.Seeded;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

final class IdSequenceTest {

  private static final long MILLI = 1_000_000;

  @Test
  void aNumberHasItsTimeItsSlotAndItsCount() {
    IdSequence ids = new IdSequence();
    assertThat(ids.next(0)).isEmpty();
    ids.lease(new Lease(5, 1000, 2000, 7 * MILLI));
    assertThat(ids.next(7 * MILLI)).hasValue(1000L << 22 | 5 << 12);
    assertThat(ids.next(7 * MILLI)).hasValue(1000L << 22 | 5 << 12 | 1);
    assertThat(ids.next(9 * MILLI)).hasValue(1002L << 22 | 5 << 12);
    // A clock that is behind.
    assertThat(ids.next(0)).hasValue(1002L << 22 | 5 << 12 | 1);
  }

  @Test
  void afterTheLeaseNoneAreGiven() {
    IdSequence ids = new IdSequence();
    ids.lease(new Lease(0, 10, 12, 0));
    assertThat(ids.next(2 * MILLI)).isEmpty();
    assertThat(ids.next(MILLI)).isPresent();
    ids.lease(new Lease(1, 11, 40, 2 * MILLI));
    assertThat(ids.next(2 * MILLI)).hasValue(11L << 22 | 1 << 12 | 1);
  }

  @Test
  void moreThanAMillisecondHoldsTakeFromTheNextUntilTheLeaseEnds() {
    IdSequence ids = new IdSequence();
    ids.lease(new Lease(1023, 3, 5, 0));
    List<Long> given = new ArrayList<>();
    for (OptionalLong id = ids.next(0); id.isPresent(); id = ids.next(0)) {
      given.add(id.getAsLong());
    }
    assertThat(given).hasSize(2 * 4096).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void holdersOfSeveralSlotsNeverGiveTheSame() {
    Seeded.rounds(
        41,
        50,
        random -> {
          Set<Long> all = new HashSet<>();
          long[] until = new long[3];
          for (int turn = 0; turn < 40; turn++) {
            // A holder that comes to a slot begins where the one before had to end.
            int slot = random.nextInt(3);
            long from = until[slot];
            until[slot] = from + random.nextInt(1, 5);
            IdSequence holder = new IdSequence();
            holder.lease(new Lease(slot, from, until[slot], 0));
            for (int i = 0; i < 100; i++) {
              OptionalLong id = holder.next(random.nextLong(6 * MILLI));
              id.ifPresent(value -> assertThat(all.add(value)).as("%d", value).isTrue());
            }
          }
        });
  }

  @Test
  void threadsGetDifferentOnes() throws InterruptedException {
    IdSequence ids = new IdSequence();
    ids.lease(new Lease(2, 0, 1_000_000, System.nanoTime()));
    Set<Long> all = ConcurrentHashMap.newKeySet();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int k = 0; k < 20_000; k++) {
                  all.add(ids.next(System.nanoTime()).orElseThrow());
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(all).hasSize(80_000);
  }
}

package dev.terrace.http.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchQueueTest {

  private final Counter dropped = new Signals().counter(Metric.HTTP_ACCESS_LOG_LOST, "queue-full");

  @Test
  void whatIsOfferedArrivesInOrderAndInBatches() {
    List<Integer> got = new CopyOnWriteArrayList<>();
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    try (BatchQueue<Integer> queue =
        new BatchQueue<>(
            "test",
            1000,
            100,
            Duration.ofMillis(50),
            batch -> {
              sizes.add(batch.size());
              got.addAll(batch);
            },
            dropped)) {
      IntStream.range(0, 250).forEach(queue::offer);
    }
    assertThat(got).isEqualTo(IntStream.range(0, 250).boxed().toList());
    assertThat(sizes).startsWith(100, 100).hasSizeLessThan(6);
    assertThat(dropped.value()).isZero();
  }

  @Test
  void whatComesWhileItIsFullIsDroppedAndCounted() {
    CountDownLatch slow = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    List<Integer> got = new CopyOnWriteArrayList<>();
    BatchQueue<Integer> queue =
        new BatchQueue<>(
            "test",
            10,
            1,
            Duration.ZERO,
            batch -> {
              begun.countDown();
              awaitQuietly(slow);
              got.addAll(batch);
            },
            dropped);
    queue.offer(-1);
    awaitQuietly(begun);
    IntStream.range(0, 15).forEach(queue::offer);
    assertThat(dropped.value()).isEqualTo(5);
    slow.countDown();
    queue.close();
    assertThat(got).hasSize(11).endsWith(9);
    queue.offer(1);
    assertThat(dropped.value()).isEqualTo(6);
  }

  @Test
  void aSinkThatFailsLosesItsBatchOnly() {
    List<Integer> got = new CopyOnWriteArrayList<>();
    try (BatchQueue<Integer> queue =
        new BatchQueue<>(
            "test",
            10,
            1,
            Duration.ZERO,
            batch -> {
              if (batch.getFirst() == 0) {
                throw new IllegalStateException("a test's failure");
              }
              got.addAll(batch);
            },
            dropped)) {
      queue.offer(0);
      queue.offer(1);
      Await.until("the second", Duration.ofSeconds(5), () -> got.equals(List.of(1)));
    }
    assertThat(dropped.value()).isEqualTo(1);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.terrace.testkit;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Random input for tests that a failure can be repeated with: the seed is in its message, and
 * {@code -Dterrace.seed=N} sets it for all tests of a run.
 */
public final class Seeded implements RandomGenerator {

  private final long seed;
  private final RandomGenerator random;

  private Seeded(long seed) {
    this.seed = seed;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /** What a test does with random input. */
  @FunctionalInterface
  public interface Body {

    /** Draws input and checks what comes of it. */
    void run(Seeded random) throws Exception;
  }

  /** A generator with this seed, or that of {@code -Dterrace.seed}. */
  public static Seeded of(long seed) {
    return new Seeded(Long.getLong("terrace.seed", seed));
  }

  /** Runs a test's body; a failure names the seed that repeats it. */
  public static void run(long seed, Body body) {
    rounds(seed, 1, body);
  }

  /** Runs a body many times with seeds that follow from the first. */
  public static void rounds(long seed, int rounds, Body body) {
    for (int round = 0; round < rounds; round++) {
      // The first round has the very seed, so that a failed round can be repeated alone.
      Seeded random = of(seed + round);
      try {
        body.run(random);
      } catch (Exception | AssertionError e) {
        throw new AssertionError(
            "failed with -Dterrace.seed=" + random.seed + " (round " + round + "): " + e, e);
      }
      if (Long.getLong("terrace.seed") != null) {
        return;
      }
    }
  }

  /** The seed that this generator began with. */
  public long seed() {
    return seed;
  }

  /** That many random bytes. */
  public byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** One of these. */
  public <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /**
   * A copy of valid input with a few bytes changed, removed or added: reaches deeper into a parser
   * than random bytes do.
   */
  public byte[] mutate(byte[] valid) {
    byte[] bytes = valid.clone();
    for (int change = 1 + random.nextInt(4); change > 0; change--) {
      int at = random.nextInt(bytes.length + 1);
      bytes =
          switch (random.nextInt(3)) {
            case 0 -> splice(bytes, at, Math.min(bytes.length, at + 1), bytes(1));
            case 1 -> splice(bytes, at, Math.min(bytes.length, at + random.nextInt(8)), bytes(0));
            default -> splice(bytes, at, at, bytes(1 + random.nextInt(8)));
          };
    }
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] instead) {
    byte[] result = new byte[bytes.length - (to - from) + instead.length];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(instead, 0, result, from, instead.length);
    System.arraycopy(bytes, to, result, from + instead.length, bytes.length - to);
    return result;
  }

  @Override
  public long nextLong() {
    return random.nextLong();
  }
}

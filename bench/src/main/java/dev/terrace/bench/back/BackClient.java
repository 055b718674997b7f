package dev.terrace.bench.back;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client with keys that no other writes, who knows what they must hold. */
final class BackClient {

  private static final int KEYS = 200;
  private static final int TIMES_MAX = 200_000;

  private final int number;
  private final SplittableRandom random;
  private final Map<String, String> model = new TreeMap<>();
  private final List<String> wrong = new ArrayList<>();
  private final long[] nanos = new long[TIMES_MAX];
  private int writes;
  private int refused;
  private @Nullable String touched;
  private @Nullable String wanted;

  BackClient(int number, long seed) {
    this.number = number;
    this.random = new SplittableRandom(seed + number);
  }

  Map<String, String> model() {
    return model;
  }

  List<String> wrong() {
    return wrong;
  }

  /** Acknowledged writes. */
  int writes() {
    return writes;
  }

  /** Writes that were answered with an error. */
  int refused() {
    return refused;
  }

  /** How long each acknowledged write took. */
  long[] nanos() {
    return Arrays.copyOf(nanos, Math.min(writes, TIMES_MAX));
  }

  /** Writes until the time is over, or the process has gone. */
  void write(int port, long endNanos) {
    try (RespClient client = new RespClient(port)) {
      check(client);
      while (System.nanoTime() - endNanos < 0) {
        step(client);
      }
    } catch (IOException e) {
      // Killed.
    }
  }

  private void step(RespClient client) throws IOException {
    if (touched != null) {
      // Whether the last write was made is not known: look.
      check(client);
    }
    String key = "c" + number + "." + random.nextInt(KEYS);
    int kind = random.nextInt(10);
    boolean counts = kind < 3;
    String full = (counts ? "n:" : "s:") + key;
    String old = model.get(full);
    touched = full;
    String answer;
    long start = System.nanoTime();
    if (counts) {
      wanted = Long.toString((old == null ? 0 : Long.parseLong(old)) + 1);
      answer = client.ask("INCR", full);
    } else if (kind < 5) {
      wanted = null;
      answer = client.ask("DEL", full);
    } else {
      wanted = "v" + random.nextLong();
      answer = client.ask("SET", full, wanted);
    }
    note(old, answer, System.nanoTime() - start, counts);
  }

  private void note(@Nullable String old, @Nullable String answer, long took, boolean counts) {
    String key = Objects.requireNonNull(touched);
    if (answer != null && answer.startsWith("-")) {
      refused++;
      // Others shall have the processor while nothing is taken.
      sleep();
      if (!answer.startsWith("-INDOUBT")) {
        touched = null;
      }
      return;
    }
    String expected = counts ? wanted : wanted == null ? (old == null ? "0" : "1") : "OK";
    if (!Objects.equals(answer, expected)) {
      wrong.add(key + ": answered " + answer + ", not " + expected);
    }
    remember(key, wanted);
    touched = null;
    if (writes < TIMES_MAX) {
      nanos[writes] = took;
    }
    writes++;
  }

  private static void sleep() {
    try {
      TimeUnit.MILLISECONDS.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void remember(String key, @Nullable String value) {
    if (value == null) {
      model.remove(key);
    } else {
      model.put(key, value);
    }
  }

  /** Compares all keys; the write that was not answered was made, or it was not. */
  void check(RespClient client) throws IOException {
    for (String shape : List.of("s:", "n:")) {
      for (int i = 0; i < KEYS; i++) {
        String key = shape + "c" + number + "." + i;
        String now = client.ask("GET", key);
        if (key.equals(touched) && Objects.equals(now, wanted)) {
          remember(key, wanted);
        } else if (!Objects.equals(now, model.get(key))) {
          wrong.add(key + ": holds " + now + ", not " + model.get(key));
        }
      }
    }
    touched = null;
  }
}

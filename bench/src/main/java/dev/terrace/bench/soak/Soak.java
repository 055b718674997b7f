package dev.terrace.bench.soak;

import dev.terrace.bench.soak.Turmoil.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Steady load of idempotent requests on a Terrace of its own while every second something happens
 * to it: a member dies or comes back, is drained, added or removed, the file or the certificate
 * changes. At the end no request may have failed, no tunnel may be closed, and Terrace may hold no
 * more files, threads or memory than at the start.
 */
public final class Soak {

  private static final int MEMBERS = 4;
  private static final int VISITORS = 24;
  private static final int TUNNELS = 8;
  private static final long PAUSE_MS = 20;
  private static final int REPORT_EVERY = 10;

  /** Longer than a pool keeps idle connections in any version of the file. */
  private static final Duration QUIET = Duration.ofSeconds(3);

  private final Path folder;
  private final Duration time;
  private final RandomGenerator random;
  private final Journal journal = new Journal();

  private Soak(Path folder, Duration time, long seed) {
    this.folder = folder;
    this.time = time;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /**
   * Runs, and ends with 1 if anything was wrong.
   *
   * @param arguments minutes (10 if none are given), and a seed
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    long minutes = arguments.length > 0 ? Long.parseLong(arguments[0]) : 10;
    long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : System.nanoTime();
    Path folder = Files.createTempDirectory("terrace-soak");
    System.out.println("seed " + seed + ", folder " + folder);
    List<String> wrong = run(folder, Duration.ofMinutes(minutes), seed);
    wrong.forEach(System.out::println);
    System.exit(wrong.isEmpty() ? 0 : 1);
  }

  /** What was wrong; empty if nothing was. */
  static List<String> run(Path folder, Duration time, long seed)
      throws IOException, InterruptedException {
    return new Soak(folder, time, seed).run();
  }

  private List<String> run() throws IOException, InterruptedException {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      members.add(new Member());
    }
    try (Member tunnelMember = new Member();
        Member guest = new Member();
        SoakedTerrace terrace = new SoakedTerrace(folder, members, tunnelMember)) {
      List<Tunnel> tunnels = new ArrayList<>();
      for (int i = 0; i < TUNNELS; i++) {
        tunnels.add(new Tunnel(terrace.connect(i % 2 == 0)));
      }
      load(terrace, () -> TimeUnit.SECONDS.sleep(2));
      Vitals before = quiet(terrace);
      Turmoil turmoil = new Turmoil(terrace, members, guest, random);
      load(terrace, () -> events(turmoil, tunnels));
      Vitals after = quiet(terrace);
      List<String> wrong = new ArrayList<>(journal.failures());
      check(tunnels, -1).forEach(wrong::add);
      wrong.addAll(after.grownSince(before));
      System.out.println(journal.summary() + "\nbefore " + before + "\nafter  " + after);
      if (journal.answers() == 0) {
        wrong.add("nothing was answered");
      }
      return wrong;
    } finally {
      for (Member member : members) {
        member.close();
      }
    }
  }

  /** What happens under load. */
  private interface Happening {
    void run() throws InterruptedException;
  }

  private void load(SoakedTerrace terrace, Happening happening) throws InterruptedException {
    AtomicBoolean stop = new AtomicBoolean();
    List<Thread> visitors = new ArrayList<>();
    for (int i = 0; i < VISITORS; i++) {
      boolean secure = i % 2 == 0;
      visitors.add(
          Thread.ofVirtual()
              .start(new Visitor(i, () -> terrace.connect(secure), journal, stop, PAUSE_MS)));
    }
    happening.run();
    stop.set(true);
    for (Thread visitor : visitors) {
      visitor.join();
    }
  }

  private void events(Turmoil turmoil, List<Tunnel> tunnels) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    for (int second = 1; System.nanoTime() < end; second++) {
      Event event = turmoil.next();
      journal.event(event + ", " + turmoil);
      try {
        turmoil.perform(event);
      } catch (IOException e) {
        journal.failed(event + " itself: " + e);
      }
      check(tunnels, second).forEach(journal::failed);
      if (second % REPORT_EVERY == 0) {
        System.out.println(second + " s: " + journal.summary());
      }
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private static List<String> check(List<Tunnel> tunnels, long number) {
    List<String> broken = new ArrayList<>();
    for (int i = 0; i < tunnels.size(); i++) {
      try {
        tunnels.get(i).check(number);
      } catch (IOException e) {
        broken.add("tunnel " + i + ": " + e);
      }
    }
    return broken;
  }

  private static Vitals quiet(SoakedTerrace terrace) throws IOException, InterruptedException {
    TimeUnit.MILLISECONDS.sleep(QUIET.toMillis());
    return Vitals.of(terrace.pid());
  }
}

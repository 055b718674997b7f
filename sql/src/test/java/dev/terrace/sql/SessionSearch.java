package dev.terrace.sql;

import dev.terrace.sql.BothSides.Difference;
import dev.terrace.testkit.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions that do random things in turns, on both sides: all answers must be the same, or
 * Terrace's a refusal. A failure shows the shortest script that still differs, for {@link
 * SessionScriptsTest}. It finds what is open still, so it runs on demand: {@code mvn test -pl sql
 * -am -Dtest=SessionSearch -Dterrace.scripts=1000 -Dsurefire.failIfNoSpecifiedTests=false}.
 */
final class SessionSearch {

  private static final long SEED = 20261128;
  private static final int STEPS = 24;
  private static final int SCRIPTS = Integer.getInteger("terrace.scripts", 100);

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void sessionsFindWhatOneServerWouldTellThem(int shards) throws Exception {
    try (BothSides sides = BothSides.start(shards)) {
      Seeded.rounds(
          SEED, SCRIPTS, random -> check(sides, new RandomSessions(random, BothSides.SESSIONS)));
    }
  }

  private static void check(BothSides sides, RandomSessions sessions) throws Exception {
    List<SessionStep> script = sessions.script(STEPS);
    Optional<Difference> found = sides.play(script);
    if (found.isPresent()) {
      List<SessionStep> shorter = shortened(sides, script);
      throw new AssertionError(
          String.join("\n", shorter.stream().map(SessionStep::toString).toList())
              + "\n"
              + sides.play(shorter).or(() -> found).get());
    }
  }

  /** Leaves out one step after the other, as long as there is a difference. */
  private static List<SessionStep> shortened(BothSides sides, List<SessionStep> script)
      throws Exception {
    List<SessionStep> shortest = script;
    for (int i = shortest.size() - 1; i >= 0; i--) {
      List<SessionStep> shorter = new ArrayList<>(shortest);
      shorter.remove(i);
      if (sides.play(shorter).isPresent()) {
        shortest = shorter;
      }
    }
    return shortest;
  }
}

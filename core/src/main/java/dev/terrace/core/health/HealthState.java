package dev.terrace.core.health;

/**
 * Whether a member counts as healthy, after the checks so far. The first check decides alone, so
 * that a start does not wait; from then on it takes {@code rise} passes in a row to come up and
 * {@code fall} failures in a row to go down.
 *
 * @param verdict what the member counts as now
 * @param run how many checks in a row have spoken against the verdict
 * @param reason the last failure's reason, or what brought the member up
 */
public record HealthState(Verdict verdict, int run, String reason) {

  /** What a member counts as. */
  public enum Verdict {
    /** Not checked yet; counts as healthy. */
    UNTRIED,
    HEALTHY,
    UNHEALTHY
  }

  /** Before the first check. */
  public static final HealthState UNTRIED = new HealthState(Verdict.UNTRIED, 0, "not checked yet");

  /** The state after one more check. */
  public HealthState after(ProbeResult result, int rise, int fall) {
    return switch (result) {
      case ProbeResult.Passed() ->
          switch (verdict) {
            case UNTRIED -> new HealthState(Verdict.HEALTHY, 0, "check passed");
            case HEALTHY -> run == 0 ? this : new HealthState(Verdict.HEALTHY, 0, "check passed");
            case UNHEALTHY ->
                run + 1 >= rise
                    ? new HealthState(Verdict.HEALTHY, 0, "check passed")
                    : new HealthState(Verdict.UNHEALTHY, run + 1, reason);
          };
      case ProbeResult.Undecided(String why) -> this;
      case ProbeResult.Failed(String why) ->
          switch (verdict) {
            case UNTRIED -> new HealthState(Verdict.UNHEALTHY, 0, why);
            case HEALTHY ->
                run + 1 >= fall
                    ? new HealthState(Verdict.UNHEALTHY, 0, why)
                    : new HealthState(Verdict.HEALTHY, run + 1, why);
            case UNHEALTHY -> new HealthState(Verdict.UNHEALTHY, 0, why);
          };
    };
  }

  /** Whether the member may be given work. */
  public boolean healthy() {
    return verdict != Verdict.UNHEALTHY;
  }
}

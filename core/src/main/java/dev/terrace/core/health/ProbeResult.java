package dev.terrace.core.health;

/** What one health check of one member found. */
public sealed interface ProbeResult {

  /** The member answered as it should. */
  record Passed() implements ProbeResult {}

  /**
   * It did not.
   *
   * @param reason for people, without the member's name: "connection refused", "HTTP 503"
   */
  record Failed(String reason) implements ProbeResult {}

  /**
   * It answered, and whether that is as it should be hangs on others who were not asked yet: it is
   * asked again soon.
   *
   * @param reason what is missing, for people
   */
  record Undecided(String reason) implements ProbeResult {}
}

package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import java.time.Duration;

/** One way of checking a member; blocking, called on a virtual thread. */
@FunctionalInterface
public interface Probe {

  /** Checks once; must return within the timeout, and never throw for what the member did. */
  ProbeResult probe(Member member, Duration timeout) throws InterruptedException;
}

package dev.terrace.net.discovery;

import dev.terrace.core.pool.Member;
import java.time.Duration;
import java.util.List;

/** What one look at a source of members brought. */
public sealed interface Finding {

  /**
   * These are the members.
   *
   * @param goodFor when to look again
   */
  record Found(List<Member> members, Duration goodFor) implements Finding {
    public Found {
      members = List.copyOf(members);
    }
  }

  /**
   * Nothing that could be used: those found before stay.
   *
   * @param reason for people
   */
  record Failed(String reason) implements Finding {}
}

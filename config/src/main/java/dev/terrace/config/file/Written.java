package dev.terrace.config.file;

import dev.terrace.config.shape.Durations;
import dev.terrace.config.shape.MemberLine;
import dev.terrace.core.pool.Member;
import java.time.Duration;

/** Single values in the form that the file has for them, for those who get them from elsewhere. */
public final class Written {

  private Written() {}

  /**
   * A duration: {@code 250ms}, {@code 2s}, {@code 10m}, {@code 1h}, {@code 1d}.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Duration duration(String text) {
    return Durations.parse(text);
  }

  /**
   * A member, as a line of a {@link MembersFile}.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Member member(String line) {
    return MemberLine.parse(line);
  }
}

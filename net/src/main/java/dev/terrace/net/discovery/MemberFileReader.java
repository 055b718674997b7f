package dev.terrace.net.discovery;

import dev.terrace.core.pool.Member;
import java.util.List;

/** Understands the text of a file that lists members. */
@FunctionalInterface
public interface MemberFileReader {

  /** What a file says. */
  sealed interface Read {
    /** It lists these. */
    record Members(List<Member> members) implements Read {
      public Members {
        members = List.copyOf(members);
      }
    }

    /** It is wrong; each problem names its place in the file. */
    record Broken(List<String> problems) implements Read {
      public Broken {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Reads it whole or not at all.
   *
   * @param name what problems call the file
   */
  Read read(String name, byte[] bytes);
}

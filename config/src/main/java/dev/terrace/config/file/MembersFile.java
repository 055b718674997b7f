package dev.terrace.config.file;

import dev.terrace.config.Problem;
import dev.terrace.config.bind.Binder;
import dev.terrace.config.bind.Place;
import dev.terrace.config.bind.Problems;
import dev.terrace.config.bind.YamlReader;
import dev.terrace.config.shape.MemberLine;
import dev.terrace.config.shape.MembersForm;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a file that lists the members of one pool: a member a line, or {@code members:} as in the
 * main file if its name ends in .yaml or .yml. It is taken whole or not at all.
 */
public final class MembersFile {

  private static final Pattern YAML = Pattern.compile(".*\\.ya?ml");
  private static final Pattern COMMENT = Pattern.compile("(^|\\s)#.*");

  private MembersFile() {}

  /** What a file says. */
  public sealed interface Read {
    /** It lists these. */
    record Members(List<Member> members) implements Read {
      public Members {
        members = List.copyOf(members);
      }
    }

    /** It is wrong in these places. */
    record Broken(List<Problem> problems) implements Read {
      public Broken {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Reads a file's bytes.
   *
   * @param name the file's name, which tells the form and stands in problems
   */
  public static Read parse(String name, byte[] bytes) {
    Problems problems = new Problems();
    Optional<Place> wrong = Utf8.firstWrong(name, bytes);
    List<Member> members = List.of();
    if (wrong.isPresent()) {
      problems.add(wrong.get(), "the file is not UTF-8 text: save it in that encoding");
    } else if (YAML.matcher(name).matches()) {
      members = yaml(name, Utf8.text(bytes), problems);
    } else {
      members = lines(name, Utf8.text(bytes), problems);
    }
    return problems.count() == 0 ? new Read.Members(members) : new Read.Broken(problems.problems());
  }

  private static List<Member> yaml(String name, String text, Problems problems) {
    List<Member> members =
        YamlReader.read(name, text, Map.of(), problems)
            .flatMap(file -> Binder.bind(MembersForm.SHAPE, file, problems))
            .map(form -> ((MembersForm) form).members())
            .orElse(List.of());
    long different = members.stream().map(Member::address).distinct().count();
    if (different < members.size()) {
      problems.add(Place.startOf(name), "a member is listed twice");
    }
    return members;
  }

  private static List<Member> lines(String name, String text, Problems problems) {
    List<Member> members = new ArrayList<>();
    Map<Address, Integer> lines = new HashMap<>();
    String[] all = text.split("\r\n|[\r\n]", -1);
    for (int i = 0; i < all.length; i++) {
      String line = COMMENT.matcher(all[i]).replaceFirst("");
      if (line.isBlank()) {
        continue;
      }
      Place place = new Place(name, i + 1, line.length() - line.stripLeading().length() + 1);
      try {
        Member member = MemberLine.parse(line);
        Integer earlier = lines.putIfAbsent(member.address(), i + 1);
        if (earlier != null) {
          problems.add(place, member.id() + " is also at line " + earlier);
        }
        members.add(member);
      } catch (IllegalArgumentException e) {
        problems.add(place, String.valueOf(e.getMessage()));
      }
    }
    return members;
  }
}

package dev.terrace.config.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.Problem;
import dev.terrace.config.file.MembersFile.Read;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MembersFileTest {

  private static Read read(String name, String text) {
    return MembersFile.parse(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Member> members(String name, String text) {
    Read read = read(name, text);
    assertThat(read).isInstanceOf(Read.Members.class);
    return ((Read.Members) read).members();
  }

  private static List<String> problems(String name, String text) {
    Read read = read(name, text);
    assertThat(read).isInstanceOf(Read.Broken.class);
    return ((Read.Broken) read).problems().stream().map(Problem::toString).toList();
  }

  @Test
  void aMemberALineWithWeightZoneAndComments() {
    assertThat(
            members(
                "m.txt",
                """
                # the first rack
                10.0.0.1:8080
                  10.0.0.2:8080 weight=3 zone=eu-1a   # the new one

                [::1]:80 zone=b\tweight=2\r
                app.internal:8080
                """))
        .containsExactly(
            Member.of("10.0.0.1:8080"),
            new Member(Address.parse("10.0.0.2:8080"), 3, "eu-1a"),
            new Member(new Address("::1", 80), 2, "b"),
            Member.of("app.internal:8080"));
    assertThat(members("m.txt", "# none\n")).isEmpty();
  }

  @Test
  void theFormOfTheMainFile() {
    assertThat(
            members(
                "m.yaml",
                """
                members:
                - 10.0.0.1:8080
                - {address: 10.0.0.2:8080, weight: 3, zone: eu-1a}
                """))
        .containsExactly(
            Member.of("10.0.0.1:8080"), new Member(Address.parse("10.0.0.2:8080"), 3, "eu-1a"));
  }

  @Test
  void allProblemsAreToldWithTheirPlaces() {
    assertThat(
            problems(
                "m.txt",
                """
                10.0.0.1:8080
                10.0.0.300:80
                  10.0.0.2:80 wieght=2
                10.0.0.3:80 weight=0
                10.0.0.4:80 weight=x
                10.0.0.5:80 zone=
                10.0.0.1:8080 weight=2
                """))
        .satisfiesExactly(
            p -> assertThat(p).startsWith("m.txt:2:1: ").contains("10.0.0.300"),
            p -> assertThat(p).isEqualTo("m.txt:3:3: 'wieght=2' is not weight=N or zone=NAME"),
            p -> assertThat(p).startsWith("m.txt:4:1: weight 0 is not between 1 and 256"),
            p -> assertThat(p).startsWith("m.txt:5:1: weight must be between 1 and 256"),
            p -> assertThat(p).isEqualTo("m.txt:6:1: 'zone=' is not weight=N or zone=NAME"),
            p -> assertThat(p).isEqualTo("m.txt:7:1: 10.0.0.1:8080 is also at line 1"));
    assertThat(problems("m.yml", "members: [10.0.0.1:80, {address: x, wait: 1}]"))
        .singleElement()
        .asString()
        .startsWith("m.yml:1:")
        .contains("wait");
    assertThat(problems("m.yml", "members: [a:1, a:1]"))
        .singleElement()
        .asString()
        .contains("twice");
  }

  @Test
  void noBytesBreakIt() {
    byte[] valid = "10.0.0.1:80 weight=3 zone=a\n[::1]:9\n# x\n".getBytes(StandardCharsets.UTF_8);
    byte[] yaml = "members:\n- {address: a:1, weight: 2}\n- b:2\n".getBytes(StandardCharsets.UTF_8);
    Random random = new Random(20261124);
    for (int round = 0; round < 4000; round++) {
      MembersFile.parse("m.txt", changed(valid, random));
      MembersFile.parse("m.yaml", changed(yaml, random));
    }
  }

  private static byte[] changed(byte[] bytes, Random random) {
    byte[] changed = bytes.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
    }
    return changed;
  }
}

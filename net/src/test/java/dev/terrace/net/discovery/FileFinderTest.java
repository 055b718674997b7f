package dev.terrace.net.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.Member;
import dev.terrace.net.discovery.Finding.Failed;
import dev.terrace.net.discovery.Finding.Found;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks at a real file, each called for by hand. */
class FileFinderTest {

  private static final Duration EVERY = Duration.ofMillis(20);

  @TempDir private Path folder;
  private Path file;
  private FileFinder finder;

  @BeforeEach
  void start() {
    file = folder.resolve("members.txt");
    finder = new FileFinder(file, FileFinderTest::read, EVERY);
  }

  /** A member a line; "bad" is wrong. */
  static MemberFileReader.Read read(String name, byte[] bytes) {
    List<Member> members = new ArrayList<>();
    for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
      if (line.equals("bad")) {
        return new MemberFileReader.Read.Broken(List.of(name + ":1: bad", name + ":2: too"));
      }
      members.add(Member.of(line));
    }
    return new MemberFileReader.Read.Members(members);
  }

  private static Found members(String... ids) {
    return new Found(java.util.Arrays.stream(ids).map(Member::of).toList(), EVERY);
  }

  private static String failure(Finding finding) {
    assertThat(finding).isInstanceOf(Failed.class);
    return ((Failed) finding).reason();
  }

  @Test
  void theFirstLookReadsAtOnce() throws IOException {
    Files.writeString(file, "a:1\nb:2\n");
    assertThat(finder.find()).isEqualTo(members("a:1", "b:2"));
  }

  @Test
  void aChangeCountsOnceTheFileIsLeftAlone() throws IOException {
    Files.writeString(file, "a:1\nb:2\n");
    finder.find();
    Files.writeString(file, "");
    assertThat(finder.find()).isEqualTo(members("a:1", "b:2"));
    Files.writeString(file, "a:1\nb:2\nc:3\n");
    assertThat(finder.find()).isEqualTo(members("a:1", "b:2"));
    assertThat(finder.find()).isEqualTo(members("a:1", "b:2", "c:3"));
  }

  @Test
  void aFileThatIsReplacedByOneWithAnOlderTimeIsReadToo() throws IOException {
    Files.writeString(file, "a:1\n");
    finder.find();
    Path next = Files.writeString(folder.resolve("next"), "b:2\n");
    Files.setLastModifiedTime(next, FileTime.from(Instant.EPOCH));
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    finder.find();
    assertThat(finder.find()).isEqualTo(members("b:2"));
  }

  @Test
  void aClockThatJumpsBackHidesNoChange() throws IOException {
    Files.writeString(file, "a:1\n");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(86_400)));
    finder.find();
    Files.writeString(file, "b:2\n");
    finder.find();
    assertThat(finder.find()).isEqualTo(members("b:2"));
  }

  @Test
  void whatIsWrongNamesItsPlaces() throws IOException {
    Files.writeString(file, "a:1\nbad\n");
    assertThat(failure(finder.find())).isEqualTo(file + ":1: bad; " + file + ":2: too");
    Files.writeString(file, "a:1\n");
    finder.find();
    assertThat(finder.find()).isEqualTo(members("a:1"));
  }

  @Test
  void anEmptyMissingOrHugeFileIsAFailure() throws IOException {
    assertThat(failure(finder.find())).isEqualTo("there is no file " + file);
    Files.writeString(file, "");
    assertThat(failure(finder.find())).contains("lists no members");
    Files.writeString(file, "a:1\n".repeat(2 << 20));
    finder.find();
    assertThat(failure(finder.find())).contains("longer than 4 MB");
    Files.delete(file);
    Files.createDirectory(file);
    finder.find();
    assertThat(failure(finder.find())).contains("cannot be read");
  }
}

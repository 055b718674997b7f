package dev.terrace.net.discovery;

import dev.terrace.core.pool.Memberships;
import dev.terrace.net.discovery.MemberFileReader.Read;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads members from a file whenever its time or size has changed. It looks at times: editors and
 * configuration tools replace files, which notifications of the system miss on some file systems.
 *
 * <p>A file that has just changed is read at the next look, when it is as it was: whoever writes it
 * may be in the middle of it, and half a list would take members out.
 */
final class FileFinder implements Finder {

  private static final int BYTES_MAX = 4 << 20;

  private record Seen(FileTime time, long size, @Nullable Object key) {}

  private final Path path;
  private final MemberFileReader reader;
  private final Duration every;
  private Optional<Seen> read = Optional.empty();
  private Optional<Seen> seen = Optional.empty();
  private Optional<Finding> finding = Optional.empty();

  FileFinder(Path path, MemberFileReader reader, Duration every) {
    this.path = path;
    this.reader = reader;
    this.every = every;
  }

  @Override
  public Finding find() {
    Optional<Seen> now;
    try {
      now = Optional.of(look());
    } catch (IOException e) {
      seen = Optional.empty();
      return new Finding.Failed(reason(e));
    }
    boolean steady = finding.isEmpty() || now.equals(seen);
    seen = now;
    if (finding.isPresent() && (now.equals(read) || !steady)) {
      return finding.get();
    }
    Finding fresh = read();
    read = now;
    finding = Optional.of(fresh);
    return fresh;
  }

  private Seen look() throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    return new Seen(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
  }

  private Finding read() {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(path)) {
      bytes = in.readNBytes(BYTES_MAX + 1);
    } catch (IOException e) {
      return new Finding.Failed(reason(e));
    }
    if (bytes.length > BYTES_MAX) {
      return new Finding.Failed(path + " is longer than " + (BYTES_MAX >> 20) + " MB");
    }
    return switch (reader.read(path.toString(), bytes)) {
      case Read.Broken(var problems) -> new Finding.Failed(String.join("; ", problems));
      case Read.Members(var members) when members.isEmpty() ->
          new Finding.Failed(path + " lists no members; drain them to take all out");
      case Read.Members(var members) when members.size() > Memberships.MEMBERS_MAX ->
          new Finding.Failed(path + " lists more than " + Memberships.MEMBERS_MAX + " members");
      case Read.Members(var members) -> new Finding.Found(members, every);
    };
  }

  private String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no file " + path;
      case AccessDeniedException _ -> path + " may not be read";
      default -> path + " cannot be read: " + e.getMessage();
    };
  }

  @Override
  public Duration pause(int failures) {
    return every;
  }
}

package dev.terrace.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The account that PostgreSQL runs under. It refuses to run as root, so root starts it as an
 * account without rights: postgres if there is one, else nobody.
 */
final class Account {

  private static final List<String> CANDIDATES = List.of("postgres", "nobody");

  private final Optional<Ids> other;

  private record Ids(int user, int group) {}

  private Account(Optional<Ids> other) {
    this.other = other;
  }

  /** The account for servers that this JVM starts. */
  static Account forServers() {
    return isRoot() ? new Account(Optional.of(unprivileged())) : new Account(Optional.empty());
  }

  /** Whether this JVM runs as root. */
  static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid") instanceof Integer uid
          && uid == 0;
    } catch (IOException e) {
      return "root".equals(System.getProperty("user.name"));
    }
  }

  /** What goes before a command so that it runs under this account. */
  List<String> prefix() {
    return other
        .map(ids ->
            List.of(
                setpriv(), "--reuid=" + ids.user, "--regid=" + ids.group, "--clear-groups", "--"))
        .orElse(List.of());
  }

  /** Gives a file or an empty folder to this account. */
  void own(Path path) throws IOException {
    if (other.isPresent()) {
      Files.setAttribute(path, "unix:gid", other.get().group);
      Files.setAttribute(path, "unix:uid", other.get().user);
    }
  }

  /** Names it: itself, or the other's ids. */
  @Override
  public String toString() {
    return other.map(Ids::toString).orElse("self");
  }

  private static Ids unprivileged() {
    try {
      List<String> accounts = Files.readAllLines(Path.of("/etc/passwd"));
      for (String name : CANDIDATES) {
        for (String line : accounts) {
          String[] fields = line.split(":", -1); // name:password:uid:gid:...
          if (fields.length > 3 && fields[0].equals(name)) {
            return new Ids(Integer.parseInt(fields[2]), Integer.parseInt(fields[3]));
          }
        }
      }
    } catch (IOException | NumberFormatException e) {
      throw new SandboxException("cannot read /etc/passwd: " + e.getMessage(), e);
    }
    throw new SandboxException(
        "PostgreSQL refuses to run as root, and there is neither an account postgres nor nobody:"
            + " run this as an ordinary user");
  }

  private static String setpriv() {
    for (String folder : List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin")) {
      Path path = Path.of(folder, "setpriv");
      if (Files.isExecutable(path)) {
        return path.toString();
      }
    }
    throw new SandboxException(
        "PostgreSQL refuses to run as root, and there is no setpriv to start it as another user:"
            + " run this as an ordinary user, or install util-linux");
  }
}

package dev.terrace.sandbox;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, unpacked once per machine and version from the jar that Maven fetched. */
final class PostgresBinaries {

  private static final Set<PosixFilePermission> PROGRAM =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final Set<PosixFilePermission> DATA = PosixFilePermissions.fromString("rw-r--r--");

  private static final String VERSION = version();

  private final Path home;

  private PostgresBinaries(Path home) {
    this.home = home;
  }

  /** Where a program is: initdb, pg_ctl or postgres. */
  Path program(String name) {
    return home.resolve("bin").resolve(name);
  }

  /** What tells these programs from others, as in {@code 18.6.0-x86_64}. */
  String label() {
    return VERSION + "-" + machine();
  }

  /** The programs for this machine, unpacked now if they never were. */
  static PostgresBinaries unpacked(CacheFolder cache, Consumer<String> progress) {
    String machine = machine();
    Path home =
        cache.entry(
            "postgresql-" + VERSION + "-" + machine,
            folder -> {
              progress.accept("Unpacking PostgreSQL " + VERSION + " into " + cache.path());
              unpack(machine, folder);
            });
    return new PostgresBinaries(home);
  }

  private static void unpack(String machine, Path folder) throws IOException {
    String archive = "/postgres-linux-" + machine + ".txz";
    try (InputStream in = PostgresBinaries.class.getResourceAsStream(archive)) {
      if (in == null) {
        throw new IOException(archive + " is not on the class path");
      }
      extract(in, folder);
    }
  }

  private static void extract(InputStream in, Path folder) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(in)))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        Path path = folder.resolve(e.getName()).normalize();
        if (!path.startsWith(folder)) {
          throw new IOException("the archive holds the unsafe path " + e.getName());
        }
        if (e.isDirectory()) {
          CacheFolder.createReadable(path);
          continue;
        }
        CacheFolder.createReadable(path.getParent());
        if (e.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(e.getLinkName()));
        } else {
          Files.copy(tar, path);
          Files.setPosixFilePermissions(path, (e.getMode() & 0100) != 0 ? PROGRAM : DATA);
        }
      }
    }
  }

  private static String machine() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String machine =
        switch (arch) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm_64";
          default -> "";
        };
    if (!os.equals("linux") || machine.isEmpty()) {
      throw new SandboxException(
          "the demo's PostgreSQL runs on Linux (x86-64 and ARM64), not on " + os + " " + arch);
    }
    return machine;
  }

  private static String version() {
    try {
      Properties properties = new Properties();
      properties.load(new StringReader(Resources.text("postgresql.properties")));
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

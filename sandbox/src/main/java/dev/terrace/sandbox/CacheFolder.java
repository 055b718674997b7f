package dev.terrace.sandbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * A folder for what is made once per machine: {@code -Dterrace.cache}, else {@code
 * $XDG_CACHE_HOME/terrace} or {@code ~/.cache/terrace}; for root {@code /var/cache/terrace}, since
 * another account must be able to read it. An entry appears in one step, so that a half-made one is
 * never used, and is made by one process even if several want it at once.
 */
record CacheFolder(Path path) {

  /** Fills the folder of a new entry. */
  interface Maker {
    void make(Path folder) throws IOException;
  }

  /** The machine's. */
  static CacheFolder standard() {
    String chosen = System.getProperty("terrace.cache", "");
    if (!chosen.isEmpty()) {
      return new CacheFolder(Path.of(chosen).toAbsolutePath());
    }
    if (Account.isRoot()) {
      return new CacheFolder(Path.of("/var/cache/terrace"));
    }
    String xdg = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    Path caches = xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
    return new CacheFolder(caches.resolve("terrace").toAbsolutePath());
  }

  /** The entry's folder, made now if it is not there. */
  Path entry(String name, Maker maker) {
    Path entry = path.resolve(name);
    if (Files.isDirectory(entry)) {
      return entry;
    }
    // File locks keep processes apart, but not threads of one.
    synchronized (CacheFolder.class) {
      try {
        createReadable(path);
        try (FileChannel channel =
                FileChannel.open(
                    path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.lock()) {
          if (lock.isValid() && !Files.isDirectory(entry)) {
            make(entry, maker);
          }
        }
        return entry;
      } catch (IOException e) {
        throw new SandboxException(
            "cannot make " + entry + " (-Dterrace.cache=FOLDER chooses another place): " + e, e);
      }
    }
  }

  private static void make(Path entry, Maker maker) throws IOException {
    Path partial = entry.resolveSibling(entry.getFileName() + ".partial");
    ScratchFolder.delete(partial); // its maker died: it would hold the lock else
    createReadable(partial);
    maker.make(partial);
    Files.move(partial, entry, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Creates a folder that all may read, whatever the umask. */
  static void createReadable(@Nullable Path folder) throws IOException {
    if (folder != null && !Files.isDirectory(folder)) {
      createReadable(folder.getParent());
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }
}

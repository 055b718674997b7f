package dev.terrace.app.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where the process that serves a file offers its ports: a Unix socket in a folder that only its
 * user can enter, named after the file, so that nothing needs to be told.
 */
final class TakeOverPath {

  private TakeOverPath() {}

  static Path of(Path file) throws IOException {
    return folder().resolve(digest(file.toRealPath().toString()) + ".sock");
  }

  private static Path folder() throws IOException {
    String runtime = System.getenv("XDG_RUNTIME_DIR");
    Path parent =
        Path.of(
            runtime == null || runtime.isEmpty() ? System.getProperty("java.io.tmpdir") : runtime);
    Object own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    Path folder = parent.resolve("terrace-" + own);
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    boolean ours = Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(own);
    boolean closed =
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)).equals("rwx------");
    if (!ours || !closed) {
      throw new IOException(folder + " must be a folder of this user, with the rights rwx------");
    }
    return folder;
  }

  /** Short, as the paths of Unix sockets must be. */
  private static String digest(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

package dev.terrace.app.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file in the place of the one that is served, which is kept beside it. */
record FileSwap(Path served, Path kept) {

  /** Puts a copy of that file there, by one rename. */
  static FileSwap put(Path by, Path served) throws IOException {
    Path kept = served.resolveSibling(served.getFileName() + ".before-reshard");
    Files.copy(served, kept, StandardCopyOption.REPLACE_EXISTING);
    move(by, served);
    return new FileSwap(served, kept);
  }

  /** Puts the one before back. */
  void undo() throws IOException {
    move(kept, served);
  }

  private static void move(Path from, Path to) throws IOException {
    Path copy = to.resolveSibling("." + to.getFileName() + ".next");
    Files.copy(from, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    Files.move(copy, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}

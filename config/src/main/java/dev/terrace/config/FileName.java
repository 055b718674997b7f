package dev.terrace.config;

import java.nio.file.Path;

/**
 * The name of another file in the file. A relative one is looked for beside the file that names it,
 * wherever the process was started.
 *
 * @param written as it stands in the file
 * @param path where the file is
 */
public record FileName(String written, Path path) {

  /** A name that nothing has placed yet. */
  public static FileName of(String written) {
    if (written.isEmpty() || written.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("'" + written + "' is not the name of a file");
    }
    return new FileName(written, Path.of(written));
  }

  /** The same name as a file in this folder writes it. */
  public FileName in(Path folder) {
    return new FileName(written, folder.resolve(written));
  }

  /** As it stands in the file. */
  @Override
  public String toString() {
    return written;
  }
}

package dev.terrace.net.tls;

import java.io.IOException;
import java.nio.file.Path;

/** A certificate, a key or a CA that cannot be used; the message says which, why and what to do. */
public final class TlsFailure extends IOException {

  private static final long serialVersionUID = 1L;

  /** Names the file. */
  public TlsFailure(Path file, String what) {
    super(file + ": " + what);
  }

  /** Names the file, and keeps what the library said. */
  public TlsFailure(Path file, String what, Throwable cause) {
    super(file + ": " + what, cause);
  }

  /** For what is no single file's fault. */
  public TlsFailure(String message, Throwable cause) {
    super(message, cause);
  }
}

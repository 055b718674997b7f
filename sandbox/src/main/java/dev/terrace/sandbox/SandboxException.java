package dev.terrace.sandbox;

/** A sandbox server could not be started or controlled; the message says why and what to do. */
public final class SandboxException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public SandboxException(String message) {
    super(message);
  }

  public SandboxException(String message, Throwable cause) {
    super(message, cause);
  }
}

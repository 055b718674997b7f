package dev.terrace.app.server;

import java.util.Objects;

/** Which Terrace this is. */
public final class Version {

  private Version() {}

  /** The version, as in the build. */
  public static String current() {
    return Objects.requireNonNullElse(
        Version.class.getPackage().getImplementationVersion(), "development");
  }
}

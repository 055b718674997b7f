package dev.terrace.sql.auth;

import java.util.List;

/** How one user proves who it is, with what is needed to check that. */
public sealed interface Proof {

  /** By SCRAM-SHA-256. */
  record Scram(Verifier verifier) implements Proof {}

  /** By md5, for old clients. */
  record Md5(Md5Password password) implements Proof {}

  /**
   * By a client certificate.
   *
   * @param commonNames one of which it must bear
   */
  record Certificate(List<String> commonNames) implements Proof {}

  /** By being on the same machine. */
  record Trust() implements Proof {}
}

package dev.terrace.dns;

/** Who asks, hashed only if a policy wants to know. */
@FunctionalInterface
interface ClientKey {

  /** A well mixed hash of the client's subnet if the resolver told it, else of its own address. */
  long hash();
}

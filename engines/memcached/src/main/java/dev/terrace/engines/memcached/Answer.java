package dev.terrace.engines.memcached;

/** What a Memcached said to one command. */
sealed interface Answer {

  /**
   * {@code VA}: an item.
   *
   * @param cas its version
   * @param leftSeconds how long it still lives
   * @param won whether it was made by this command, as a stub that the asker is to fill
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  record Item(byte[] data, long cas, long leftSeconds, boolean won) implements Answer {}

  /** {@code HD}: done. */
  record Done(long cas) implements Answer {}

  /** {@code NF}, {@code NS} or {@code EX}: not done, since the item is not as was asked for. */
  record NotDone() implements Answer {}

  /** {@code MN}: the answer to a no-op. */
  record NoOp() implements Answer {}

  /** {@code SERVER_ERROR}: it could not, and goes on. */
  record Failed(String message) implements Answer {}

  /** {@code ERROR} or {@code CLIENT_ERROR}: it does not understand us. */
  record NotUnderstood(String message) implements Answer {}
}

package dev.terrace.net;

/**
 * The user event that each client connection is sent when its listener drains: close now if idle,
 * else after the work in hand.
 */
public final class Drain {

  /** The event. */
  public static final Drain EVENT = new Drain();

  private Drain() {}
}

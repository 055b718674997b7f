package dev.terrace.engine;

import dev.terrace.core.pool.Address;
import java.time.Duration;
import java.util.List;

/**
 * A cache that several nodes share: values by key, on servers that the caller chooses. All methods
 * block and are called on virtual threads, any number at once; each returns within the store's
 * timeout.
 *
 * <p>Why no stale value stays: who finds nothing gets a lease, and may fill only while nobody has
 * written the key since; a write leaves a mark in the value's place, which ends all leases and has
 * the next one read from where the write is known to be. (R. Nishtala et al., Scaling Memcache at
 * Facebook, NSDI 2013, section 3.2.1.)
 */
public interface SharedCache extends AutoCloseable {

  /** What a key's value is like. */
  sealed interface Lookup {

    /** It is there; the bytes are the caller's. */
    @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
    record Hit(byte[] value) implements Lookup {}

    /**
     * It is not there, and the caller is the one to load it.
     *
     * @param token to fill it with
     * @param written whether the key was written a moment ago, so that the load must see that write
     */
    record Lease(long token, boolean written) implements Lookup {}

    /** It is not there, and somebody else is loading it. */
    record Busy() implements Lookup {}
  }

  /**
   * What is there of several keys of one server, in the keys' order and in as few questions as can
   * be.
   *
   * @param lease how long the caller has for a load until others may try
   */
  List<Lookup> get(Address server, List<byte[]> keys, Duration lease) throws EngineFailure;

  /**
   * Puts a value in unless the lease has ended, by a write, by time or because it was lost.
   *
   * @return whether it was put in
   */
  boolean fill(Address server, byte[] key, long token, byte[] value, Duration ttl)
      throws EngineFailure;

  /**
   * The keys were written: their values are gone, all leases on them end.
   *
   * @param mark how long lookups say that they were written
   */
  void written(Address server, List<byte[]> keys, Duration mark) throws EngineFailure;

  /** Closes all connections; work in hand may fail. */
  @Override
  void close();
}

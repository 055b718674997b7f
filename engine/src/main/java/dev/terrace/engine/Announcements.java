package dev.terrace.engine;

import dev.terrace.core.pool.Address;
import java.util.function.Consumer;

/**
 * A channel on which nodes tell one another things. Nothing is kept: who does not listen misses it.
 */
public interface Announcements extends AutoCloseable {

  /** Tells all who listen, this node among them; blocks until the server has it. */
  void announce(Address server, String channel, byte[] message) throws EngineFailure;

  /**
   * Listens until it is closed or the connection is lost; blocks.
   *
   * @param ready runs once whatever is announced from then on will be heard
   * @param heard gets each message, one after the other
   */
  void listen(Address server, String channel, Runnable ready, Consumer<byte[]> heard)
      throws EngineFailure;

  /** Ends all listening and closes all connections. */
  @Override
  void close();
}

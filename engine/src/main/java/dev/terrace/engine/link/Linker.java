package dev.terrace.engine.link;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import java.io.IOException;

/** Opens connections to a store's servers. */
@FunctionalInterface
public interface Linker<L extends Link> {

  /**
   * Connects and logs in; blocks.
   *
   * @param deadline ends what it guards when the call's time is up
   * @throws EngineFailure if the server refused the login
   */
  L open(Address server, Deadline deadline) throws IOException, EngineFailure;
}

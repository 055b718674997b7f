package dev.terrace.app.reshard;

import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a resharding needs of the process that serves meanwhile. Its methods may block. */
public interface Surroundings {

  /** The file that is served. */
  TerraceConfig file();

  /** Where that file is. */
  Path path();

  /** Who is the primary of a shard by now; empty if none is up. */
  Optional<Address> primary(String store, int shard);

  /** Holds statements back from a store until it is closed. */
  Hold hold(String store, boolean readsToo);

  /** Puts another file in the place of the one that is served, and serves by it. */
  List<String> replace(Path by);

  /** Waits until all primaries of a store are known to be up; whether they are. */
  boolean awaitPrimaries(String store, Duration patience);

  /** Statements that are held back. */
  interface Hold extends AutoCloseable {

    /** Waits until none that it would hold back runs any more; how many do. */
    int drained(Duration patience);

    @Override
    void close();
  }
}

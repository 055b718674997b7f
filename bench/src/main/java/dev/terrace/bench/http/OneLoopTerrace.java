package dev.terrace.bench.http;

import dev.terrace.config.Loaded;
import dev.terrace.config.PoolSpecs;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Signals;
import dev.terrace.http.HttpFront;
import dev.terrace.net.BindFailure;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Transport;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Terrace's HTTP front alone on one event loop, in a process of its own. */
public final class OneLoopTerrace {

  private OneLoopTerrace() {}

  /**
   * Serves until killed.
   *
   * @param arguments own port, backend's port, transport
   */
  public static void main(String[] arguments) throws BindFailure, InterruptedException {
    String yaml =
        """
        listen: {http: '127.0.0.1:%s'}
        pools: {app: {members: ['127.0.0.1:%s']}}
        http: {routes: [{match: {path: /*}, pool: app}]}
        """
            .formatted(arguments[0], arguments[1]);
    TerraceConfig file =
        switch (ConfigFile.parse("bench", yaml, Map.of())) {
          case Loaded.Ok(TerraceConfig config, var warnings) -> config;
          case Loaded.Broken(var problems) ->
              throw new IllegalArgumentException(problems.toString());
        };
    Pools pools = new Pools();
    pools.configure(PoolSpecs.of(file));
    EventLoops loops = EventLoops.start(Transport.valueOf(arguments[2]), 1);
    new HttpFront(loops, pools, new Signals()).configure(file);
    new CountDownLatch(1).await();
  }
}

package dev.terrace.app.server;

import dev.terrace.config.PoolConfig;
import dev.terrace.config.PoolConfig.BackendTlsConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.http.MemberChannels;
import dev.terrace.net.tls.ClientTls;
import dev.terrace.net.tls.MemberTlsSettings;
import dev.terrace.net.tls.TlsFailure;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** TLS for the health checks of pools whose members speak it. */
final class CheckTls implements AutoCloseable {

  private record Kept(MemberTlsSettings settings, ClientTls tls) {}

  private Map<String, Kept> pools = Map.of();

  /**
   * Reads what the file names; settings that have not changed are kept, and so are their checks.
   */
  synchronized void configure(TerraceConfig file) throws TlsFailure {
    Map<String, Kept> next = new HashMap<>();
    for (Map.Entry<String, PoolConfig> pool : file.pools().entrySet()) {
      Optional<BackendTlsConfig> tls = pool.getValue().tls();
      if (tls.isPresent() && pool.getValue().health().isPresent()) {
        next.put(
            pool.getKey(),
            kept(pool.getKey(), MemberChannels.settings(tls.get(), pool.getValue().protocol())));
      }
    }
    Map<String, Kept> before = pools;
    pools = Map.copyOf(next);
    before.values().stream()
        .filter(old -> !next.containsValue(old))
        .forEach(old -> old.tls.close());
  }

  private Kept kept(String pool, MemberTlsSettings settings) throws TlsFailure {
    Kept known = pools.get(pool);
    if (known != null && known.settings().equals(settings)) {
      return known;
    }
    return new Kept(settings, ClientTls.open(settings));
  }

  /** What secures the checks of a pool's members, if they speak TLS. */
  synchronized Optional<ClientTls> of(String pool) {
    return Optional.ofNullable(pools.get(pool)).map(Kept::tls);
  }

  @Override
  public synchronized void close() {
    pools.values().forEach(kept -> kept.tls().close());
    pools = Map.of();
  }
}

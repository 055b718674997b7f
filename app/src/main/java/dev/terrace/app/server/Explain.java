package dev.terrace.app.server;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.MemberSource;
import dev.terrace.core.pool.Memberships;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Explanation;
import dev.terrace.dns.DnsExplain;
import dev.terrace.http.HttpExplain;
import dev.terrace.kv.KvExplain;
import dev.terrace.sql.plan.SqlExplain;
import java.util.Map;

/**
 * Asks the tiers where something would go by a file, with every member taken to be up: the same
 * code that serves decides.
 */
public final class Explain {

  private final TerraceConfig file;
  private final Pools pools = new Pools();

  /** By that file. */
  public Explain(TerraceConfig file) {
    this.file = file;
    Memberships memberships = new Memberships(pools);
    memberships.configure(PoolSpecs.of(file));
    Discoveries.known(file)
        .forEach((pool, found) -> memberships.discovered(pool, MemberSource.WATCHED_FILE, found));
  }

  /** A DNS question. */
  public Explanation dns(String name, String type) {
    return DnsExplain.explain(file, pools, name, type);
  }

  /** An HTTP request. */
  public Explanation http(String method, String path, Map<String, String> headers, String client) {
    return HttpExplain.explain(file, pools, method, path, headers, client);
  }

  /** A command of the key-value front. */
  public Explanation kv(String command) {
    return KvExplain.explain(file, pools, command);
  }

  /** A SQL statement. */
  public Explanation sql(String statement) {
    return SqlExplain.explain(file, pools, statement);
  }
}

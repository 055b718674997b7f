package dev.terrace.app.server;

import dev.terrace.config.PoolConfig.DiscoverConfig;
import dev.terrace.config.Problem;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.MembersFile;
import dev.terrace.net.discovery.Discovery;
import dev.terrace.net.discovery.DiscoverySource;
import dev.terrace.net.discovery.MemberFileReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where the members of pools are looked for by a file. */
final class Discoveries {

  private Discoveries() {}

  static List<Discovery.Plan> of(TerraceConfig file) {
    List<Discovery.Plan> plans = new ArrayList<>();
    file.pools()
        .forEach((name, pool) ->
            pool.discover().ifPresent(where -> plans.add(new Discovery.Plan(name, source(where)))));
    return plans;
  }

  private static DiscoverySource source(DiscoverConfig where) {
    Optional<DiscoverySource> dns =
        where
            .dns()
            .map(name ->
                new DiscoverySource.Name(
                    name.address().host(), name.address().port(), where.servers()));
    return dns.orElseGet(() -> new DiscoverySource.WatchedFile(where.file().orElseThrow().path()));
  }

  static MemberFileReader.Read read(String name, byte[] bytes) {
    return switch (MembersFile.parse(name, bytes)) {
      case MembersFile.Read.Members(var members) -> new MemberFileReader.Read.Members(members);
      case MembersFile.Read.Broken(var problems) ->
          new MemberFileReader.Read.Broken(problems.stream().map(Problem::toString).toList());
    };
  }
}

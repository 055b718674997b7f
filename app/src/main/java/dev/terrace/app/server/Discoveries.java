package dev.terrace.app.server;

import dev.terrace.config.PoolConfig.DiscoverConfig;
import dev.terrace.config.Problem;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.MembersFile;
import dev.terrace.core.pool.Member;
import dev.terrace.net.discovery.Discovery;
import dev.terrace.net.discovery.DiscoverySource;
import dev.terrace.net.discovery.MemberFileReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** The members that can be known without starting anything: those in files. */
  static Map<String, List<Member>> known(TerraceConfig file) {
    Map<String, List<Member>> known = new LinkedHashMap<>();
    file.pools()
        .forEach((name, pool) ->
            pool.discover()
                .flatMap(DiscoverConfig::file)
                .ifPresent(where -> known.put(name, listed(where.path()))));
    return known;
  }

  private static List<Member> listed(Path path) {
    try {
      return switch (MembersFile.parse(path.toString(), Files.readAllBytes(path))) {
        case MembersFile.Read.Members(var members) -> members;
        case MembersFile.Read.Broken(var problems) ->
            throw new IllegalArgumentException(problems.getFirst().toString());
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static MemberFileReader.Read read(String name, byte[] bytes) {
    return switch (MembersFile.parse(name, bytes)) {
      case MembersFile.Read.Members(var members) -> new MemberFileReader.Read.Members(members);
      case MembersFile.Read.Broken(var problems) ->
          new MemberFileReader.Read.Broken(problems.stream().map(Problem::toString).toList());
    };
  }
}

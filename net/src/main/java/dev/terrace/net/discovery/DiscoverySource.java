package dev.terrace.net.discovery;

import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.MemberSource;
import java.nio.file.Path;
import java.util.List;

/** Where the members of one pool are found. */
public sealed interface DiscoverySource {

  /** What kind of source it is, as the console tells it. */
  MemberSource kind();

  /**
   * A name in DNS: its addresses, with this port, or what its SRV records say (RFC 2782) if it
   * begins with an underscore.
   *
   * @param servers the name servers to ask; the system's if there are none
   */
  record Name(String name, int port, List<Address> servers) implements DiscoverySource {
    public Name {
      servers = List.copyOf(servers);
    }

    boolean isService() {
      return name.startsWith("_");
    }

    @Override
    public MemberSource kind() {
      return MemberSource.DNS;
    }

    @Override
    public String toString() {
      return "dns " + name + (isService() ? "" : ":" + port);
    }
  }

  /** A file that lists them. */
  record WatchedFile(Path path) implements DiscoverySource {
    @Override
    public MemberSource kind() {
      return MemberSource.WATCHED_FILE;
    }

    @Override
    public String toString() {
      return "file " + path;
    }
  }
}

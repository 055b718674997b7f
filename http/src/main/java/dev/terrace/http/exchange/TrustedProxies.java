package dev.terrace.http.exchange;

import dev.terrace.core.route.IpLiteral;
import dev.terrace.core.route.Network;
import dev.terrace.http.head.ClientLines;
import dev.terrace.http.wire.RequestHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The networks of proxies whose word is taken for where a request comes from. What they say in
 * X-Forwarded-For (or else in Forwarded, RFC 7239) is read from the right: every address was added
 * by the peer to its right, so the first one that is not of a trusted proxy is the client, and what
 * stands left of it anybody may have made up.
 */
public record TrustedProxies(List<Network> networks) {

  public TrustedProxies {
    networks = List.copyOf(networks);
  }

  /** Whether the address, as bytes, is of a trusted proxy. */
  public boolean trusts(byte[] address) {
    for (Network network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** Who really asks: the peer itself, or the client behind it if it is a trusted proxy. */
  public ClientPeer behind(ClientPeer peer, RequestHead head) {
    return networks.isEmpty() || !trusts(peer.addressBytes()) ? peer : behindProxy(peer, head);
  }

  private ClientPeer behindProxy(ClientPeer peer, RequestHead head) {
    String forwardedFor = head.value("X-Forwarded-For");
    String forwarded = head.value("Forwarded");
    String client = peer.address();
    byte[] clientBytes = peer.addressBytes();
    String[] hops =
        forwardedFor != null
            ? forwardedFor.split(",", -1)
            : forwarded != null ? ForwardedField.nodes(forwarded) : new String[0];
    for (int i = hops.length - 1; i >= 0 && trusts(clientBytes); i--) {
      String address = ForwardedField.address(hops[i].strip());
      byte[] bytes = address == null ? null : IpLiteral.parse(address);
      if (address == null || bytes == null) {
        break; // "unknown", or a name: nothing left of it can be placed
      }
      client = address;
      clientBytes = bytes;
    }
    String scheme = scheme(head.value("X-Forwarded-Proto"), peer);
    String through = forwardedFor != null ? forwardedFor : String.join(", ", hops);
    String node = ClientLines.node(peer.address(), peer.secure());
    ClientLines lines =
        ClientLines.of(
            through.isBlank() ? peer.address() : through + ", " + peer.address(),
            forwarded == null ? node : forwarded + ", " + node,
            scheme,
            head.value("X-Forwarded-Host"));
    return new ClientPeer(client, clientBytes, scheme.equals("https"), lines, peer.connection());
  }

  private static String scheme(@Nullable String claimed, ClientPeer peer) {
    return claimed != null && (claimed.equals("https") || claimed.equals("http"))
        ? claimed
        : peer.secure() ? "https" : "http";
  }
}

package dev.terrace.dns;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Turns one message into its reply, by the algorithm of RFC 1034, section 4.3.2. Each connection
 * has its own, as it keeps what it works with from one query to the next.
 */
final class Responder {

  /** A chain of aliases longer than this is left for the resolver to follow. */
  private static final int CHAIN_MAX = 8;

  private static final int CLASS_IN = 1;
  private static final int ANY_TTL = 3600;
  private static final byte[] ANY_CPU = "RFC8482".getBytes(StandardCharsets.US_ASCII);

  private final Query query = new Query();
  private final ReplyWriter reply = new ReplyWriter(query);
  private final Zones.Match match = new Zones.Match();
  private final byte[][] chosen = new byte[AddressSource.ANSWERS_MAX][];
  private final @Nullable Name[] chain = new @Nullable Name[CHAIN_MAX];
  private boolean tailored;

  /**
   * Appends the reply to {@code in}, which holds one message from reader index to end.
   *
   * @param client what a hashing policy hashes if the query names no subnet
   * @return null if there is to be no reply
   */
  @Nullable Rcode respond(Zones zones, ByteBuf in, ByteBuf out, boolean udp, ClientKey client) {
    Query.Verdict verdict = query.read(in);
    if (verdict == Query.Verdict.DROP) {
      return null;
    }
    tailored = false;
    reply.begin(in, out, udp);
    return switch (verdict) {
      case ANSWER -> answer(zones, client);
      case NOTIMP -> end(Rcode.NOTIMP);
      case BADVERS -> end(Rcode.BADVERS);
      default -> end(Rcode.FORMERR);
    };
  }

  private Rcode end(Rcode rcode) {
    reply.end(rcode, false, false);
    return rcode;
  }

  private Rcode authoritative(Rcode rcode) {
    reply.end(rcode, true, tailored);
    return rcode;
  }

  private Rcode answer(Zones zones, ClientKey client) {
    if (query.dnsClass() != CLASS_IN || Type.isMeta(query.type())) {
      return end(Rcode.REFUSED);
    }
    byte[] name = query.name();
    int length = query.nameLength();
    for (int hops = 0; ; hops++) {
      zones.find(name, length, match);
      Node found = match.node();
      if (found == null) {
        return hops == 0 ? end(Rcode.REFUSED) : authoritative(Rcode.NOERROR);
      }
      if (found.isDelegated() && !asksParent(found)) {
        return hops == 0 ? refer(zones, found.delegation(), client) : authoritative(Rcode.NOERROR);
      }
      Node node = match.exact() ? found : found.wildcard();
      if (node == null) {
        reply.authoritySoa(found.zone());
        return authoritative(Rcode.NXDOMAIN);
      }
      if (!(node.data() instanceof RecordData.Alias(Name target, int ttl))) {
        return records(node, name, length, client);
      }
      if (!follows(node, hops)) {
        return authoritative(Rcode.NOERROR);
      }
      reply.answerName(name, length, Type.CNAME, ttl, target);
      if (query.type() == Type.CNAME || query.type() == Type.ANY) {
        return authoritative(Rcode.NOERROR);
      }
      name = target.wire();
      length = name.length;
    }
  }

  /** Of a delegated name only the DS record is the parent's to tell (RFC 4035, 3.1.4.1). */
  private boolean asksParent(Node found) {
    return query.type() == Type.DS && match.exact() && found.cut() == null;
  }

  /** Notes one more alias of the chain; false if it gets too long or comes back to itself. */
  private boolean follows(Node alias, int hops) {
    for (int i = 0; i < hops; i++) {
      if (Objects.equals(chain[i], alias.name())) {
        return false;
      }
    }
    if (hops == CHAIN_MAX) {
      return false;
    }
    chain[hops] = alias.name();
    return true;
  }

  private Rcode records(Node node, byte[] name, int length, ClientKey client) {
    boolean found =
        switch (query.type()) {
          case Type.A -> addresses(node, name, length, Family.V4, client);
          case Type.AAAA -> addresses(node, name, length, Family.V6, client);
          case Type.SOA -> node.isApex() && soa(node.zone());
          case Type.NS -> node.isApex() && servers(node.zone(), name, length);
          case Type.ANY -> any(node, name, length);
          default -> false;
        };
    if (!found) {
      Zone parent = node.zone().parent();
      boolean parents = query.type() == Type.DS && node.isApex() && parent != null;
      reply.authoritySoa(parents && parent != null ? parent : node.zone());
    }
    return authoritative(Rcode.NOERROR);
  }

  private boolean addresses(Node node, byte[] name, int length, Family family, ClientKey client) {
    if (!(node.data() instanceof RecordData.Addresses(AddressSource source, int ttl))) {
      return false;
    }
    int count = choose(source, family, client);
    for (int i = 0; i < count; i++) {
      reply.answerAddress(name, length, family, ttl, chosen[i]);
    }
    return count > 0;
  }

  private int choose(AddressSource source, Family family, ClientKey client) {
    boolean told = query.subnet().tellsNetwork();
    tailored |= told && source.hashesClient();
    return source.choose(
        family,
        told ? query.subnet()::hash : client,
        ThreadLocalRandom.current().nextLong(),
        chosen);
  }

  private boolean soa(Zone zone) {
    reply.answerSoa(zone);
    return true;
  }

  private boolean servers(Zone zone, byte[] name, int length) {
    for (Name server : zone.servers()) {
      reply.answerName(name, length, Type.NS, zone.ttl(), server);
    }
    return true;
  }

  /** A name with records has one more to name: the one that says that ANY is not served. */
  private boolean any(Node node, byte[] name, int length) {
    if (node.data() instanceof RecordData.None && !node.isApex()) {
      return false;
    }
    reply.answerAny(name, length, ANY_TTL, ANY_CPU);
    return true;
  }

  private Rcode refer(Zones zones, Node cut, ClientKey client) {
    if (!(cut.data() instanceof RecordData.Delegation(var servers, int ttl))) {
      throw new IllegalStateException(cut.name() + " is a cut without servers");
    }
    for (Name server : servers) {
      reply.authorityName(cut.name(), ttl, server);
    }
    for (Name server : servers) {
      Node known = zones.find(server);
      if (known != null && known.data() instanceof RecordData.Addresses(var source, int glueTtl)) {
        glue(server, source, glueTtl, client);
      }
    }
    reply.end(Rcode.NOERROR, false, tailored);
    return Rcode.NOERROR;
  }

  private void glue(Name server, AddressSource source, int ttl, ClientKey client) {
    for (Family family : Family.values()) {
      int count = choose(source, family, client);
      for (int i = 0; i < count; i++) {
        reply.glue(server.wire(), server.wire().length, family, ttl, chosen[i]);
      }
    }
  }
}

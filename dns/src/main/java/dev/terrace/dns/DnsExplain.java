package dev.terrace.dns;

import dev.terrace.config.TerraceConfig;
import dev.terrace.core.balance.HashInput;
import dev.terrace.core.balance.Policy;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Explanation;
import dev.terrace.core.signal.Explanation.Step;
import dev.terrace.core.signal.Signals;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** What the front would answer to a query, and why; nothing is started or sent. */
public final class DnsExplain {

  private static final String TIER = "dns";
  private static final String RECORD = "record";

  private final Zones zones;
  private final int type;
  private final List<Step> steps = new ArrayList<>();

  private DnsExplain(Zones zones, int type) {
    this.zones = zones;
    this.type = type;
  }

  /**
   * Explains a query.
   *
   * @param type A, AAAA, CNAME, NS, SOA, ANY or another type's name
   * @throws IllegalArgumentException if {@code name} is no DNS name
   */
  public static Explanation explain(TerraceConfig file, Pools pools, String name, String type) {
    OptionalInt number = Type.parse(type);
    Zones zones = ZoneBuilder.build(file, pools, new Signals());
    DnsExplain explain = new DnsExplain(zones, number.orElse(0));
    explain.follow(Name.parse(name));
    return new Explanation(explain.steps);
  }

  private void follow(Name asked) {
    Set<Name> seen = new HashSet<>();
    Name name = asked;
    while (true) {
      if (!seen.add(name)) {
        step(RECORD, name.text(), "the aliases lead back here: the resolver gives up");
        return;
      }
      Zones.Match match = new Zones.Match();
      zones.find(name.wire(), name.wire().length, match);
      Node found = match.node();
      if (found == null) {
        boolean first = name.equals(asked);
        step(
            "zone",
            first ? "REFUSED" : "none",
            name + " is in no zone of ours" + (first ? "" : ": the resolver asks others"));
        return;
      }
      step("zone", found.zone().name().text(), "the deepest zone of ours that holds " + name);
      Node node = match.exact() ? found : found.wildcard();
      if (found.isDelegated()) {
        delegated(found.delegation());
        return;
      }
      if (node == null) {
        step(RECORD, "NXDOMAIN", "nothing by that name, and no *." + found.name());
        negative(found.zone());
        return;
      }
      String matched =
          match.exact() ? "the name itself" : "no name of its own, the wildcard matches";
      if (!(node.data() instanceof RecordData.Alias(Name target, int ttl))) {
        records(node, matched);
        return;
      }
      step(RECORD, node.name().text(), matched + ", an alias of " + target);
      ttl(ttl);
      if (type == Type.CNAME || type == Type.ANY) {
        return;
      }
      name = target;
    }
  }

  private void delegated(Node cut) {
    if (cut.data() instanceof RecordData.Delegation(List<Name> servers, int ttl)) {
      step(RECORD, cut.name().text(), "delegated: the answer is a referral to " + servers);
      ttl(ttl);
    }
  }

  private void records(Node node, String matched) {
    switch (node.data()) {
      case RecordData.Addresses(AddressSource source, int ttl)
          when type == Type.A || type == Type.AAAA -> {
        step(RECORD, node.name().text(), matched);
        addresses(source, type == Type.A ? Family.V4 : Family.V6, node.zone());
        ttl(ttl);
      }
      case RecordData.Addresses a when type == Type.ANY ->
          step(RECORD, "HINFO", "ANY is not served: the answer says RFC8482");
      default -> {
        if (node.isApex() && (type == Type.SOA || type == Type.NS)) {
          step(
              RECORD,
              node.name().text(),
              "the zone's own: servers "
                  + node.zone().servers()
                  + ", serial "
                  + Integer.toUnsignedString(node.zone().serial()));
          ttl(node.zone().ttl());
        } else {
          step(RECORD, "NODATA", node.name() + " has no record of that type");
          negative(node.zone());
        }
      }
    }
  }

  private void addresses(AddressSource source, Family family, Zone zone) {
    byte[][] chosen = new byte[AddressSource.ANSWERS_MAX][];
    int count = source.choose(family, () -> 0, 0, chosen);
    List<byte[]> answer = Arrays.asList(chosen).subList(0, count);
    switch (source) {
      case FixedAddresses fixed ->
          answer.forEach(address -> step("address", text(address), "listed in the file"));
      case PoolAddresses pool -> members(pool, family, answer);
    }
    if (count == 0) {
      step(RECORD, "NODATA", "no " + family.literalName() + " address to answer with");
      negative(zone);
    }
  }

  private void members(PoolAddresses source, Family family, List<byte[]> answer) {
    Candidates candidates = Candidates.of(source.pool().snapshot());
    Policy policy = source.policy();
    step(
        "pool",
        source.pool().name(),
        candidates.failOpen()
            ? "no member is healthy: all are answered with (fail-open)"
            : policy.name() + " over the healthy members");
    for (Candidates.Candidate candidate : candidates.members()) {
      String address = candidate.address().getHostAddress();
      int place = indexOf(answer, candidate.address().getAddress());
      String why;
      if (place >= 0) {
        why =
            "answer "
                + (place + 1)
                + " of "
                + answer.size()
                + ": "
                + policy.name()
                + (policy.hashInput() instanceof HashInput.None
                    ? " (another query, another turn)"
                    : " (depends on the client's address)");
      } else if (!family.includes(candidate.address())) {
        why = "left out: not an " + family.literalName() + " address";
      } else {
        why = "left out: not its turn";
      }
      step("member", candidate.member().id(), address + ", " + why);
    }
    candidates.leftOut().forEach((id, reason) -> step("member", id, "left out: " + reason));
  }

  private static int indexOf(List<byte[]> addresses, byte[] address) {
    for (int i = 0; i < addresses.size(); i++) {
      if (Arrays.equals(addresses.get(i), address)) {
        return i;
      }
    }
    return -1;
  }

  private void negative(Zone zone) {
    step("ttl", zone.negativeTtl() + " s", "negative-ttl of " + zone.name() + " (RFC 2308)");
  }

  private void ttl(int seconds) {
    step("ttl", seconds + " s", "how long a resolver may keep it");
  }

  private void step(String subject, String choice, String reason) {
    steps.add(new Step(TIER, subject, choice, reason));
  }

  private static String text(byte[] address) {
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + address.length + " bytes", e);
    }
  }
}

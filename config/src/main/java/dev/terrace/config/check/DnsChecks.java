package dev.terrace.config.check;

import dev.terrace.config.DnsConfig.RecordConfig;
import dev.terrace.config.DnsConfig.ZoneConfig;
import dev.terrace.config.bind.KeyPath;
import dev.terrace.config.shape.Hosts;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Checks of zones: names that are names, addresses that are addresses. */
final class DnsChecks {

  /** 255 bytes on the wire (RFC 1035, section 2.3.4) are 253 characters without the last dot. */
  private static final int NAME_MAX = 253;

  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");

  private final Inspection file;

  private DnsChecks(Inspection file) {
    this.file = file;
  }

  static void run(Inspection file) {
    DnsChecks checks = new DnsChecks(file);
    checks.distinct(Inspection.ZONES);
    file.config().dns().zones().forEach(checks::zone);
  }

  private void zone(String name, ZoneConfig zone) {
    KeyPath at = Inspection.ZONES.key(name);
    if (!isName(name)) {
      file.problemOfKey(at, "'" + name + "' is not a DNS name");
    }
    names(at.key("nameservers"), zone.nameservers());
    zone.hostmaster().ifPresent(mailbox -> hostmaster(at.key("hostmaster"), mailbox));
    distinct(at.key("records"));
    zone.records()
        .forEach((label, record) -> record(at.key("records").key(label), name, label, record));
  }

  private void hostmaster(KeyPath at, String mailbox) {
    if (mailbox.contains("@")) {
      file.problem(
          at, "a mailbox stands here as a DNS name: write '" + mailbox.replace('@', '.') + "'");
    } else {
      name(at, mailbox);
    }
  }

  private void record(KeyPath at, String zone, String label, RecordConfig record) {
    boolean apex = label.equals("@");
    String relative = label.startsWith("*.") ? label.substring(2) : label;
    boolean special = apex || label.equals("*");
    if (!special && (!isName(relative) || relative.endsWith("."))) {
      file.problemOfKey(at, "'" + label + "' is not a name within the zone, nor @ or *");
    } else if (!apex && label.length() + 1 + zone.length() > NAME_MAX) {
      file.problemOfKey(at, "the name is longer than DNS allows");
    } else if (!apex && isWithin(label, zone)) {
      file.problemOfKey(at, "names are relative to the zone: leave '." + zone + "' out");
    }
    if (apex && record.cname().isPresent()) {
      file.problem(
          at.key("cname"), "the zone itself has SOA and NS records, and an alias has no others");
    }
    if (apex && !record.ns().isEmpty()) {
      file.problem(at.key("ns"), "the zone's own servers are its 'nameservers'");
    }
    record.pool().ifPresent(pool -> file.mustExist(at.key("pool"), "pool", pool, Inspection.POOLS));
    if (label.startsWith("*") && !record.ns().isEmpty()) {
      file.problem(at.key("ns"), "names are delegated one by one, not all at once");
    }
    record.cname().ifPresent(target -> name(at.key("cname"), target));
    names(at.key("ns"), record.ns());
    for (int i = 0; i < record.addresses().size(); i++) {
      String address = record.addresses().get(i);
      if (!Hosts.isIpLiteral(address)) {
        file.problem(
            file.sources().item(at.key("addresses"), i), "'" + address + "' is not an IP address");
      }
    }
  }

  private static boolean isWithin(String label, String zone) {
    return ("." + label).toLowerCase(Locale.ROOT).endsWith("." + zone.toLowerCase(Locale.ROOT));
  }

  /** DNS names do not tell upper case from lower. */
  private void distinct(KeyPath names) {
    Map<String, String> seen = new HashMap<>();
    for (String name : file.sources().names(names)) {
      String plain = name.toLowerCase(Locale.ROOT);
      String dotless = plain.endsWith(".") ? plain.substring(0, plain.length() - 1) : plain;
      String earlier = seen.putIfAbsent(dotless, name);
      if (earlier != null) {
        file.problemOfKey(names.key(name), "to DNS this is the same name as '" + earlier + "'");
      }
    }
  }

  private void names(KeyPath at, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      name(file.sources().item(at, i), names.get(i));
    }
  }

  /** A full name, one of this zone if it has no dot, or @ for the zone itself. */
  private void name(KeyPath at, String name) {
    if (!name.equals("@") && !isName(name)) {
      file.problem(at, "'" + name + "' is not a DNS name");
    }
  }

  private static boolean isName(String name) {
    String dotless = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (dotless.length() > NAME_MAX) {
      return false;
    }
    for (String label : dotless.split("\\.", -1)) {
      if (!LABEL.matcher(label).matches()) {
        return false;
      }
    }
    return true;
  }
}

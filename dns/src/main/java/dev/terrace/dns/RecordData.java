package dev.terrace.dns;

import java.util.List;

/** What one name of a zone answers with. */
sealed interface RecordData {

  /** Nothing of its own. */
  record None() implements RecordData {}

  /** Addresses, fixed or a pool's. */
  record Addresses(AddressSource source, int ttl) implements RecordData {}

  /** Another name to look under. */
  record Alias(Name target, int ttl) implements RecordData {}

  /** The servers that speak for this name and all below it. */
  record Delegation(List<Name> servers, int ttl) implements RecordData {
    public Delegation {
      servers = List.copyOf(servers);
    }
  }
}

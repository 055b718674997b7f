package dev.terrace.dns;

import org.jspecify.annotations.Nullable;

/**
 * What is known of one name of a zone.
 *
 * @param zone the zone that it belongs to
 * @param data its records; {@link RecordData.None} for a name that exists because others are below
 *     it (RFC 8020)
 * @param cut the delegation at or above it, whose servers and not we speak for it
 * @param wildcard what names below it that do not exist answer with (RFC 4592)
 */
record Node(Name name, Zone zone, RecordData data, @Nullable Node cut, @Nullable Node wildcard) {

  boolean isApex() {
    return name.equals(zone.name());
  }

  /** Whether the name is no longer in our hands. */
  boolean isDelegated() {
    return cut != null || data instanceof RecordData.Delegation;
  }

  /** The node that holds the delegation of a name that {@link #isDelegated}. */
  Node delegation() {
    return cut != null ? cut : this;
  }
}

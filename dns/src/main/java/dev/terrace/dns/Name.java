package dev.terrace.dns;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A domain name in wire form (RFC 1035, section 3.1): labels, each after its length, down to the
 * empty label of the root. Letters are lower case, as names are compared without regard to case
 * (RFC 4343).
 */
final class Name {

  static final int WIRE_MAX = 255;
  static final int LABEL_MAX = 63;

  private static final String APEX = "@";

  private final byte[] wire;

  private Name(byte[] wire) {
    this.wire = wire;
  }

  /** Copies a name in lower-case wire form. */
  static Name of(byte[] wire, int from, int length) {
    return new Name(Arrays.copyOfRange(wire, from, from + length));
  }

  /**
   * Reads a full name; the last dot may be left out.
   *
   * @throws IllegalArgumentException if a label is empty or anything is too long
   */
  static Name parse(String text) {
    String relative = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    byte[] wire = new byte[relative.isEmpty() ? 1 : relative.length() + 2];
    int at = 0;
    for (String label : relative.isEmpty() ? new String[0] : relative.split("\\.", -1)) {
      byte[] bytes = label.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
      if (bytes.length == 0 || bytes.length > LABEL_MAX) {
        throw new IllegalArgumentException("'" + text + "' is not a DNS name");
      }
      wire[at] = (byte) bytes.length;
      System.arraycopy(bytes, 0, wire, at + 1, bytes.length);
      at += bytes.length + 1;
    }
    if (wire.length > WIRE_MAX) {
      throw new IllegalArgumentException("'" + text + "' is too long for a DNS name");
    }
    return new Name(wire);
  }

  /** Reads the name of a record, which is relative to its zone; {@code @} is the zone itself. */
  static Name record(String text, Name zone) {
    return text.equals(APEX) ? zone : parse(text + "." + zone.text());
  }

  /** Reads a name that a value holds: full, or of the zone if it has no dot. */
  static Name target(String text, Name zone) {
    return text.indexOf('.') < 0 ? record(text, zone) : parse(text);
  }

  /** The bytes, which must not be changed. */
  byte[] wire() {
    return wire;
  }

  boolean isRoot() {
    return wire.length == 1;
  }

  /** The name without its first label; the root has none. */
  Name parent() {
    return of(wire, wire[0] + 1, wire.length - wire[0] - 1);
  }

  /** Whether it is {@code other} or below it. */
  boolean isWithin(Name other) {
    int start = wire.length - other.wire.length;
    int at = 0;
    while (at < start) {
      at += wire[at] + 1;
    }
    return at == start && Arrays.equals(wire, at, wire.length, other.wire, 0, other.wire.length);
  }

  /** As people write it, with the last dot; bytes that are no plain text as {@code \DDD}. */
  String text() {
    if (isRoot()) {
      return ".";
    }
    StringBuilder text = new StringBuilder();
    for (int at = 0; wire[at] != 0; at += wire[at] + 1) {
      for (int i = at + 1; i <= at + wire[at]; i++) {
        int c = wire[i] & 0xFF;
        if (c <= ' ' || c >= 127 || c == '.' || c == '\\') {
          text.append('\\').append(c / 100).append(c / 10 % 10).append(c % 10);
        } else {
          text.append((char) c);
        }
      }
      text.append('.');
    }
    return text.toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Name name && Arrays.equals(wire, name.wire);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(wire);
  }

  @Override
  public String toString() {
    return text();
  }
}

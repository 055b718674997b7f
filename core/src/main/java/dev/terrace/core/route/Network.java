package dev.terrace.core.route;

/**
 * A block of IP addresses in CIDR notation (RFC 4632, RFC 4291): {@code 10.0.0.0/8}, {@code
 * 2001:db8::/32}, or one address. An IPv4 address that comes mapped into IPv6 ({@code
 * ::ffff:10.0.0.1}) counts as the IPv4 address that it is.
 *
 * @param version6 whether the addresses are of IPv6
 * @param high the first 64 bits of an IPv6 address, 0 with IPv4
 * @param low the last 64 bits of an IPv6 address, or all 32 of an IPv4 address
 * @param prefix how many leading bits the addresses have in common
 */
public record Network(boolean version6, long high, long low, int prefix) {

  private static final int BITS_4 = 32;
  private static final int BITS_6 = 128;
  private static final long MAPPED = 0xFFFFL;

  public Network {
    int bits = version6 ? BITS_6 : BITS_4;
    if (prefix < 0 || prefix > bits) {
      throw new IllegalArgumentException("a prefix of /" + prefix + " is not within 0 to " + bits);
    }
    if (high != (high & highMask(version6, prefix)) || low != (low & lowMask(version6, prefix))) {
      throw new IllegalArgumentException(
          "an address of a network has no bits set after its prefix of " + prefix);
    }
  }

  /**
   * Reads a network, or an address that stands for itself alone.
   *
   * @throws IllegalArgumentException if the text is neither, or has bits set after its prefix
   */
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    byte[] address = IpLiteral.parse(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      throw new IllegalArgumentException("'" + text + "' is not a network such as 10.0.0.0/8");
    }
    boolean version6 = address.length == 16;
    int bits = version6 ? BITS_6 : BITS_4;
    int prefix = slash < 0 ? bits : prefix(text, text.substring(slash + 1), bits);
    long high = version6 ? bits(address, 0, 8) : 0;
    long low = version6 ? bits(address, 8, 8) : bits(address, 0, 4);
    long wholeHigh = high & highMask(version6, prefix);
    long wholeLow = low & lowMask(version6, prefix);
    if (high != wholeHigh || low != wholeLow) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' has bits set after its prefix; did you mean '"
              + new Network(version6, wholeHigh, wholeLow, prefix)
              + "'?");
    }
    return new Network(version6, high, low, prefix);
  }

  private static int prefix(String text, String digits, int bits) {
    boolean number = digits.matches("0|[1-9][0-9]{0,2}");
    if (!number || Integer.parseInt(digits) > bits) {
      throw new IllegalArgumentException(
          "'" + text + "' needs a prefix from /0 to /" + bits + ", as in 10.0.0.0/8");
    }
    return Integer.parseInt(digits);
  }

  /** Whether an address, as its 4 or 16 bytes, is in here; no other number of bytes ever is. */
  public boolean contains(byte[] address) {
    if (address.length == 16) {
      long first = bits(address, 0, 8);
      long last = bits(address, 8, 8);
      if (first == 0 && last >>> BITS_4 == MAPPED) {
        return contains(false, 0, last & 0xFFFF_FFFFL);
      }
      return contains(true, first, last);
    }
    return address.length == 4 && contains(false, 0, bits(address, 0, 4));
  }

  private boolean contains(boolean six, long first, long last) {
    return six == version6
        && (first & highMask(six, prefix)) == high
        && (last & lowMask(six, prefix)) == low;
  }

  private static long highMask(boolean version6, int prefix) {
    return !version6 || prefix == 0 ? 0 : prefix >= 64 ? -1L : -1L << (64 - prefix);
  }

  private static long lowMask(boolean version6, int prefix) {
    if (!version6) {
      return prefix == 0 ? 0 : (-1L << (BITS_4 - prefix)) & 0xFFFF_FFFFL;
    }
    return prefix <= 64 ? 0 : -1L << (BITS_6 - prefix);
  }

  private static long bits(byte[] address, int from, int count) {
    long bits = 0;
    for (int i = from; i < from + count; i++) {
      bits = bits << 8 | (address[i] & 0xFF);
    }
    return bits;
  }

  /** In CIDR notation, without the prefix if it is one address. */
  @Override
  public String toString() {
    String suffix = prefix == (version6 ? BITS_6 : BITS_4) ? "" : "/" + prefix;
    return (version6 ? IpLiteral.format6(high, low) : IpLiteral.format4(low)) + suffix;
  }
}

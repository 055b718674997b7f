package dev.terrace.core.route;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** IP addresses as text: read strictly, so that nothing is ever taken for a name to look up. */
public final class IpLiteral {

  private static final int GROUPS = 8;

  private IpLiteral() {}

  /**
   * The 4 bytes of an IPv4 address in dotted decimal, or the 16 of an IPv6 address (RFC 4291,
   * section 2.2) without brackets and zone; null for any other text. IPv4 mapped into IPv6 gives
   * the 4 bytes.
   */
  public static byte @Nullable [] parse(String text) {
    if (text.indexOf(':') < 0) {
      return version4(text);
    }
    byte[] bytes = version6(text);
    return bytes != null && isMapped(bytes) ? Arrays.copyOfRange(bytes, 12, 16) : bytes;
  }

  private static boolean isMapped(byte[] bytes) {
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return bytes[10] == -1 && bytes[11] == -1;
  }

  private static byte @Nullable [] version4(String text) {
    byte[] bytes = new byte[4];
    int octet = 0;
    int digits = 0;
    int value = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '.';
      if (c == '.') {
        if (digits == 0 || octet == 4) {
          return null;
        }
        bytes[octet++] = (byte) value;
        digits = 0;
        value = 0;
      } else {
        // Leading zeros are octal to some readers: refused.
        boolean leadingZero = digits > 0 && value == 0;
        value = value * 10 + (c - '0');
        digits++;
        if (c < '0' || c > '9' || leadingZero || value > 255) {
          return null;
        }
      }
    }
    return octet == 4 ? bytes : null;
  }

  private static byte @Nullable [] version6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      int[] all = groups(text, true);
      return all != null && all.length == GROUPS ? bytes(all) : null;
    }
    String rest = text.substring(gap + 2);
    int[] before = groups(text.substring(0, gap), false);
    int[] after = groups(rest, true);
    if (before == null || after == null || before.length + after.length >= GROUPS) {
      return null;
    }
    int[] all = new int[GROUPS];
    System.arraycopy(before, 0, all, 0, before.length);
    System.arraycopy(after, 0, all, GROUPS - after.length, after.length);
    return bytes(all);
  }

  private static int @Nullable [] groups(String text, boolean mayEndInVersion4) {
    if (text.isEmpty()) {
      return new int[0];
    }
    String[] parts = text.split(":", -1);
    int[] groups = new int[parts.length + 1];
    int count = 0;
    for (int i = 0; i < parts.length; i++) {
      if (parts[i].matches("[0-9A-Fa-f]{1,4}")) {
        groups[count++] = Integer.parseInt(parts[i], 16);
        continue;
      }
      byte[] last = mayEndInVersion4 && i == parts.length - 1 ? version4(parts[i]) : null;
      if (last == null) {
        return null;
      }
      groups[count++] = (last[0] & 0xFF) << 8 | (last[1] & 0xFF);
      groups[count++] = (last[2] & 0xFF) << 8 | (last[3] & 0xFF);
    }
    return Arrays.copyOf(groups, count);
  }

  private static byte[] bytes(int[] groups) {
    byte[] bytes = new byte[2 * GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      bytes[2 * i] = (byte) (groups[i] >> 8);
      bytes[2 * i + 1] = (byte) groups[i];
    }
    return bytes;
  }

  static String format4(long bits) {
    return (bits >> 24 & 0xFF)
        + "."
        + (bits >> 16 & 0xFF)
        + "."
        + (bits >> 8 & 0xFF)
        + "."
        + (bits & 0xFF);
  }

  /** The form of RFC 5952, section 4: lower case, the longest run of zero groups as {@code ::}. */
  static String format6(long high, long low) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      long half = i < 4 ? high : low;
      groups[i] = (int) (half >>> (48 - 16 * (i % 4)) & 0xFFFF);
    }
    int start = -1;
    int length = 1;
    for (int i = 0; i < GROUPS; i++) {
      int run = 0;
      while (i + run < GROUPS && groups[i + run] == 0) {
        run++;
      }
      if (run > length) {
        start = i;
        length = run;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == start) {
        text.append("::");
        i += length - 1;
      } else {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}

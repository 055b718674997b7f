package dev.terrace.dns;

import dev.terrace.core.balance.Hashing;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** The network that a resolver asks for: EDNS Client Subnet (RFC 7871). */
final class ClientSubnet {

  static final int OPTION = 8;

  private static final int FIXED = 4;
  private static final int IPV4 = 1;
  private static final int IPV6 = 2;

  private final byte[] address = new byte[16];
  private boolean present;
  private int family;
  private int sourceBits;
  private int length;

  void clear() {
    present = false;
  }

  /**
   * Reads the option's data; false if it is malformed (section 6 has the sender told FORMERR). An
   * address family that we do not know counts as no option at all.
   */
  boolean read(ByteBuf in, int at, int size) {
    if (size < FIXED) {
      return false;
    }
    family = in.getUnsignedShort(at);
    sourceBits = in.getUnsignedByte(at + 2);
    int scopeBits = in.getUnsignedByte(at + 3);
    length = (sourceBits + 7) / 8;
    boolean unspecified = family == 0 && sourceBits == 0;
    if (family != IPV4 && family != IPV6 && !unspecified) {
      return true;
    }
    if (scopeBits != 0 || sourceBits > (family == IPV4 ? 32 : 128) || size != FIXED + length) {
      return false;
    }
    in.getBytes(at + FIXED, address, 0, length);
    int unusedBits = length * 8 - sourceBits;
    if (unusedBits > 0 && (address[length - 1] & ((1 << unusedBits) - 1)) != 0) {
      return false;
    }
    present = true;
    return true;
  }

  boolean present() {
    return present;
  }

  /** Whether it tells anything of the client; a prefix of no bits asks not to be told apart. */
  boolean tellsNetwork() {
    return present && sourceBits > 0;
  }

  long hash() {
    return Hashing.hash(Arrays.copyOf(address, length));
  }

  /** How many bytes {@link #write} takes. */
  int writtenBytes() {
    return present ? 4 + FIXED + length : 0;
  }

  /**
   * Writes the option into a reply.
   *
   * @param tailored whether the answer depends on the network; then it is for that network alone
   */
  void write(ByteBuf out, boolean tailored) {
    out.writeShort(OPTION).writeShort(FIXED + length);
    out.writeShort(family).writeByte(sourceBits).writeByte(tailored ? sourceBits : 0);
    out.writeBytes(address, 0, length);
  }
}

package dev.terrace.http.http3;

import io.netty.buffer.ByteBuf;

/**
 * The first packet of a datagram, as far as it can be read without keys (RFC 9000, section 17): of
 * QUIC version 1, or of another whose clients we would tell that we have only this one.
 */
final class FirstPacket {

  /** How long the connection identifiers are that we give out. */
  static final int OWN_ID = 20;

  /** A client pads what holds an Initial packet to this (section 14.1). */
  static final int INITIAL_DATAGRAM_MIN = 1200;

  /** The identifier that a client makes up for us is at least so long (section 7.2). */
  static final int INITIAL_ID_MIN = 8;

  private static final int ID_MAX = 20;
  private static final int VERSION_AT = 1;
  private static final int IDS_AT = VERSION_AT + Integer.BYTES;
  private static final int LONG_FORM = 0x80;
  private static final int TYPE_SHIFT = 4;
  private static final int TYPE_MASK = 3;
  private static final int INITIAL = 0;
  private static final int RETRY = 3;
  private static final int TOO_SHORT = -1;

  private FirstPacket() {}

  /** Whether a client may have sent it. */
  static boolean mayBeClients(ByteBuf datagram) {
    int from = datagram.readerIndex();
    int length = datagram.readableBytes();
    if (length == 0) {
      return false;
    }
    int first = datagram.getUnsignedByte(from);
    if ((first & LONG_FORM) == 0) {
      return length > OWN_ID;
    }
    return length > IDS_AT && hasLongHead(datagram, from, first >> TYPE_SHIFT & TYPE_MASK);
  }

  private static boolean hasLongHead(ByteBuf in, int from, int type) {
    // Servers alone send version negotiation (version 0) and Retry.
    if (in.getInt(from + VERSION_AT) == 0 || type == RETRY) {
      return false;
    }
    boolean initial = type == INITIAL;
    int source = afterId(in, from + IDS_AT, initial ? INITIAL_ID_MIN : 0);
    int rest = source == TOO_SHORT ? TOO_SHORT : afterId(in, source, 0);
    if (rest == TOO_SHORT || !initial) {
      return rest != TOO_SHORT;
    }
    return in.readableBytes() >= INITIAL_DATAGRAM_MIN && hasToken(in, rest);
  }

  /** Where the identifier ends whose length stands there. */
  private static int afterId(ByteBuf in, int at, int min) {
    if (at >= in.writerIndex()) {
      return TOO_SHORT;
    }
    int length = in.getUnsignedByte(at);
    int end = at + 1 + length;
    return length < min || length > ID_MAX || end > in.writerIndex() ? TOO_SHORT : end;
  }

  /** Whether the token is all there whose length stands there (section 16). */
  private static boolean hasToken(ByteBuf in, int at) {
    int left = in.writerIndex() - at;
    int sizeOfLength = left == 0 ? 1 : 1 << (in.getUnsignedByte(at) >> 6);
    if (left < sizeOfLength) {
      return false;
    }
    long length = in.getUnsignedByte(at) & 0x3f;
    for (int i = 1; i < sizeOfLength; i++) {
      length = length << 8 | in.getUnsignedByte(at + i);
    }
    return length <= left - sizeOfLength;
  }
}

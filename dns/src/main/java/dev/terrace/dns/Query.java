package dev.terrace.dns;

import io.netty.buffer.ByteBuf;

/**
 * One query as read from the wire (RFC 1035, section 4; EDNS0 by RFC 6891). It is filled anew for
 * each message, so that reading one allocates nothing.
 *
 * <p>A compression pointer in the question is refused (there is nothing before it to point at), and
 * elsewhere a name ends at its first pointer, which is stepped over but never followed: no message
 * can make the reader loop.
 */
final class Query {

  /** What is to be done with the message. */
  enum Verdict {
    /** It asks one question. */
    ANSWER,
    /** It deserves no reply: too short to have an id, or itself a reply. */
    DROP,
    FORMERR,
    NOTIMP,
    BADVERS
  }

  static final int HEADER = 12;

  private static final int FLAGS = 2;
  private static final int QR = 0x8000;
  private static final int OPCODE = 0x7800;
  private static final int POINTER = 0xC0;
  private static final int DNSSEC_OK = 0x8000;

  private final byte[] name = new byte[Name.WIRE_MAX];
  private final ClientSubnet subnet = new ClientSubnet();
  private int id;
  private int flags;
  private int nameLength;
  private int questionLength;
  private int type;
  private int dnsClass;
  private boolean edns;
  private int payloadSize;
  private boolean dnssecOk;

  /** Reads a message from the buffer's reader index to its end; the indexes stay. */
  Verdict read(ByteBuf in) {
    edns = false;
    dnssecOk = false;
    payloadSize = 0;
    questionLength = 0;
    nameLength = 0;
    subnet.clear();
    int start = in.readerIndex();
    if (in.readableBytes() < HEADER) {
      return Verdict.DROP;
    }
    id = in.getUnsignedShort(start);
    flags = in.getUnsignedShort(start + FLAGS);
    if ((flags & QR) != 0) {
      return Verdict.DROP;
    }
    if ((flags & OPCODE) != 0) {
      return Verdict.NOTIMP;
    }
    if (in.getUnsignedShort(start + 4) != 1) {
      return Verdict.FORMERR;
    }
    int at = readQuestion(in, start + HEADER);
    return at < 0 ? Verdict.FORMERR : readRecords(in, at);
  }

  /** Returns where the question ends, -1 if it is malformed. */
  private int readQuestion(ByteBuf in, int start) {
    int end = in.writerIndex();
    int at = start;
    int length = 0;
    while (true) {
      if (at >= end) {
        return -1;
      }
      int label = in.getUnsignedByte(at);
      if (label > Name.LABEL_MAX || length + label + 1 > Name.WIRE_MAX || at + label >= end) {
        return -1;
      }
      name[length] = (byte) label;
      for (int i = 1; i <= label; i++) {
        name[length + i] = lower(in.getByte(at + i));
      }
      at += label + 1;
      length += label + 1;
      if (label == 0) {
        break;
      }
    }
    if (end - at < 4) {
      return -1;
    }
    type = in.getUnsignedShort(at);
    dnsClass = in.getUnsignedShort(at + 2);
    if (type == Type.OPT || type == 0) {
      return -1;
    }
    nameLength = length;
    questionLength = at + 4 - start;
    return at + 4;
  }

  private static byte lower(byte c) {
    return c >= 'A' && c <= 'Z' ? (byte) (c + 32) : c;
  }

  /** Steps over all records behind the question and reads the OPT record among them. */
  private Verdict readRecords(ByteBuf in, int start) {
    int header = in.readerIndex();
    int others = in.getUnsignedShort(header + 6) + in.getUnsignedShort(header + 8);
    int all = others + in.getUnsignedShort(header + 10);
    int end = in.writerIndex();
    int at = start;
    Verdict verdict = Verdict.ANSWER;
    for (int i = 0; i < all; i++) {
      int owner = at;
      at = skipName(in, at, end);
      if (at < 0 || end - at < 10) {
        return Verdict.FORMERR;
      }
      int data = at + 10;
      int length = in.getUnsignedShort(at + 8);
      if (end - data < length) {
        return Verdict.FORMERR;
      }
      if (in.getUnsignedShort(at) == Type.OPT) {
        // RFC 6891, section 6.1.1: one, in the additional section, owned by the root.
        if (edns || i < others || in.getByte(owner) != 0) {
          return Verdict.FORMERR;
        }
        verdict = readOpt(in, at, data, length);
        if (verdict == Verdict.FORMERR) {
          return verdict;
        }
      }
      at = data + length;
    }
    return verdict;
  }

  private Verdict readOpt(ByteBuf in, int at, int data, int length) {
    edns = true;
    payloadSize = in.getUnsignedShort(at + 2);
    dnssecOk = (in.getUnsignedShort(at + 6) & DNSSEC_OK) != 0;
    int version = in.getUnsignedByte(at + 5);
    if (version != 0) {
      return Verdict.BADVERS;
    }
    int end = data + length;
    int option = data;
    while (option < end) {
      if (end - option < 4) {
        return Verdict.FORMERR;
      }
      int size = in.getUnsignedShort(option + 2);
      if (end - option - 4 < size) {
        return Verdict.FORMERR;
      }
      if (in.getUnsignedShort(option) == ClientSubnet.OPTION && !subnet.present()) {
        if (!subnet.read(in, option + 4, size)) {
          return Verdict.FORMERR;
        }
      }
      option += 4 + size;
    }
    return Verdict.ANSWER;
  }

  /** Returns where the name ends, -1 if it runs out of the message. */
  private static int skipName(ByteBuf in, int start, int end) {
    int at = start;
    while (at < end) {
      int label = in.getUnsignedByte(at);
      if (label == 0) {
        return at + 1;
      }
      if (label >= POINTER) {
        return end - at < 2 ? -1 : at + 2;
      }
      if (label > Name.LABEL_MAX || at + label + 1 - start > Name.WIRE_MAX) {
        return -1;
      }
      at += label + 1;
    }
    return -1;
  }

  int id() {
    return id;
  }

  int flags() {
    return flags;
  }

  /** The name asked for in lower-case wire form, {@link #nameLength} bytes long. */
  byte[] name() {
    return name;
  }

  int nameLength() {
    return nameLength;
  }

  /** How long the question is on the wire; 0 if none could be read. */
  int questionLength() {
    return questionLength;
  }

  int type() {
    return type;
  }

  int dnsClass() {
    return dnsClass;
  }

  /** Whether there is an OPT record; then the reply has one too. */
  boolean edns() {
    return edns;
  }

  /** The largest UDP reply that the client says it takes. */
  int payloadSize() {
    return payloadSize;
  }

  boolean dnssecOk() {
    return dnssecOk;
  }

  ClientSubnet subnet() {
    return subnet;
  }
}

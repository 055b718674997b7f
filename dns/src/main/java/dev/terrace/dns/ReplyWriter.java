package dev.terrace.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Writes one reply: header, the question as it was asked, records, OPT. What does not fit is left
 * out as a whole and the reply marked as truncated (TC), so that the client asks again over TCP.
 */
final class ReplyWriter {

  /** What every resolver takes over UDP (RFC 1035, section 4.2.1). */
  static final int PLAIN_MAX = 512;

  /** What passes unfragmented everywhere (DNS flag day 2020; RFC 9715). */
  static final int EDNS_MAX = 1232;

  static final int TCP_MAX = 65535;

  private static final int QR = 0x8000;
  private static final int AA = 0x0400;
  private static final int TC = 0x0200;

  /** RD and CD are the asker's and returned (RFC 1035, 4.1.1; RFC 4035, 3.1.6). */
  private static final int RETURNED = 0x0100 | 0x0010;

  private static final int CLASS_IN = 1;
  private static final int OPT_BYTES = 11;
  private static final int DNSSEC_OK = 0x8000;

  private final NameWriter names = new NameWriter();
  private ByteBuf out;
  private final Query query;
  private int start;
  private int questionEnd;
  private int limit;
  private boolean namesBegun;
  private boolean truncated;
  private int answers;
  private int authorities;
  private int additionals;

  /** A writer that is reused for message after message. */
  ReplyWriter(Query query) {
    this.query = query;
    this.out = Unpooled.EMPTY_BUFFER;
  }

  /** Starts a reply to the query, whose message is {@code in}. */
  void begin(ByteBuf in, ByteBuf reply, boolean udp) {
    out = reply;
    start = out.writerIndex();
    namesBegun = false;
    truncated = false;
    answers = 0;
    authorities = 0;
    additionals = 0;
    int max = udp ? udpMax() : TCP_MAX;
    limit = start + max - (query.edns() ? OPT_BYTES + query.subnet().writtenBytes() : 0);
    out.writeZero(Query.HEADER);
    out.writeBytes(in, in.readerIndex() + Query.HEADER, query.questionLength());
    questionEnd = out.writerIndex();
  }

  private int udpMax() {
    return query.edns() ? Math.clamp(query.payloadSize(), PLAIN_MAX, EDNS_MAX) : PLAIN_MAX;
  }

  /** Writes an A or AAAA record into the answer. */
  void answerAddress(byte[] owner, int ownerLength, Family family, int ttl, byte[] address) {
    address(owner, ownerLength, family, ttl, address);
    answers++;
    fit();
  }

  /** Writes an A or AAAA record into the additional section. */
  void glue(byte[] owner, int ownerLength, Family family, int ttl, byte[] address) {
    address(owner, ownerLength, family, ttl, address);
    additionals++;
    fit();
  }

  private void address(byte[] owner, int ownerLength, Family family, int ttl, byte[] address) {
    record(owner, ownerLength, family.type(), ttl);
    out.writeShort(address.length).writeBytes(address);
  }

  /** Writes a CNAME or NS record into the answer. */
  void answerName(byte[] owner, int ownerLength, int type, int ttl, Name target) {
    name(owner, ownerLength, type, ttl, target);
    answers++;
    fit();
  }

  /** Writes an NS record into the authority section. */
  void authorityName(Name owner, int ttl, Name target) {
    name(owner.wire(), owner.wire().length, Type.NS, ttl, target);
    authorities++;
    fit();
  }

  private void name(byte[] owner, int ownerLength, int type, int ttl, Name target) {
    record(owner, ownerLength, type, ttl);
    int length = skipLength();
    names.write(out, target.wire(), target.wire().length);
    setLength(length);
  }

  /** Writes the zone's SOA into the answer. */
  void answerSoa(Zone zone) {
    soa(zone, zone.ttl());
    answers++;
    fit();
  }

  /** Writes the zone's SOA into the authority section, where it says how long a no is true. */
  void authoritySoa(Zone zone) {
    soa(zone, zone.negativeTtl());
    authorities++;
    fit();
  }

  private void soa(Zone zone, int ttl) {
    record(zone.name().wire(), zone.name().wire().length, Type.SOA, ttl);
    int length = skipLength();
    Name primary = zone.servers().getFirst();
    names.write(out, primary.wire(), primary.wire().length);
    names.write(out, zone.hostmaster().wire(), zone.hostmaster().wire().length);
    out.writeInt(zone.serial()).writeInt(Zone.REFRESH).writeInt(Zone.RETRY).writeInt(Zone.EXPIRE);
    out.writeInt(zone.negativeTtl());
    setLength(length);
  }

  /** Writes the HINFO record that answers ANY (RFC 8482, section 4.2). */
  void answerAny(byte[] owner, int ownerLength, int ttl, byte[] cpu) {
    record(owner, ownerLength, Type.HINFO, ttl);
    out.writeShort(cpu.length + 2).writeByte(cpu.length).writeBytes(cpu).writeByte(0);
    answers++;
    fit();
  }

  private void record(byte[] owner, int ownerLength, int type, int ttl) {
    if (isQuestion(owner)) {
      out.writeShort(0xC000 | Query.HEADER);
      if (!namesBegun && type != Type.A && type != Type.AAAA && type != Type.HINFO) {
        beginNames();
      }
    } else {
      if (!namesBegun) {
        beginNames();
      }
      names.write(out, owner, ownerLength);
    }
    out.writeShort(type).writeShort(CLASS_IN).writeInt(ttl);
  }

  @SuppressWarnings("ReferenceEquality") // it is this very array that the question was read into
  private boolean isQuestion(byte[] owner) {
    return owner == query.name();
  }

  private void beginNames() {
    namesBegun = true;
    names.begin(start, query.name(), query.nameLength());
  }

  private int skipLength() {
    int at = out.writerIndex();
    out.writeShort(0);
    return at;
  }

  private void setLength(int at) {
    out.setShort(at, out.writerIndex() - at - 2);
  }

  private void fit() {
    if (truncated || out.writerIndex() > limit) {
      truncated = true;
      out.writerIndex(questionEnd);
      answers = 0;
      authorities = 0;
      additionals = 0;
    }
  }

  /**
   * Ends the reply.
   *
   * @param authoritative whether our zones said so (AA)
   * @param tailored whether the answer depends on the client's network
   */
  void end(Rcode rcode, boolean authoritative, boolean tailored) {
    if (query.edns()) {
      opt(rcode, tailored);
      additionals++;
    }
    int flags =
        QR
            | (query.flags() & RETURNED)
            | (authoritative ? AA : 0)
            | (truncated ? TC : 0)
            | (rcode.code() & 0xF);
    if (rcode == Rcode.NOTIMP) {
      // The opcode is returned too: an update's sender must know its own reply.
      flags |= query.flags() & 0x7800;
    }
    out.setShort(start, query.id()).setShort(start + 2, flags);
    out.setShort(start + 4, query.questionLength() > 0 ? 1 : 0);
    out.setShort(start + 6, answers).setShort(start + 8, authorities);
    out.setShort(start + 10, additionals);
  }

  private void opt(Rcode rcode, boolean tailored) {
    out.writeByte(0).writeShort(Type.OPT).writeShort(EDNS_MAX);
    out.writeByte(rcode.code() >>> 4).writeByte(0);
    out.writeShort(query.dnssecOk() ? DNSSEC_OK : 0);
    out.writeShort(query.subnet().writtenBytes());
    if (query.subnet().present()) {
      query.subnet().write(out, tailored);
    }
  }
}

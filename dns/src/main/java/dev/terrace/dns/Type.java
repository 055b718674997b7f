package dev.terrace.dns;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/** The record types that are answered or treated apart (IANA's DNS parameters). */
final class Type {

  static final int A = 1;
  static final int NS = 2;
  static final int CNAME = 5;
  static final int SOA = 6;
  static final int HINFO = 13;
  static final int AAAA = 28;
  static final int OPT = 41;
  static final int DS = 43;
  static final int ANY = 255;

  /** From TKEY to MAILA: transfers, transactions and types long obsolete (RFC 6895, 3.1). */
  private static final int META_FIRST = 249;

  private static final Map<String, Integer> NAMES =
      Map.of("A", A, "NS", NS, "CNAME", CNAME, "SOA", SOA, "AAAA", AAAA, "DS", DS, "ANY", ANY);

  private Type() {}

  /** Whether it asks for something other than records: AXFR, IXFR, TKEY, TSIG, MAILA, MAILB. */
  static boolean isMeta(int type) {
    return type >= META_FIRST && type < ANY;
  }

  /** The number of a type that we may answer with; empty for others. */
  static OptionalInt parse(String name) {
    Integer type = NAMES.get(name.toUpperCase(Locale.ROOT));
    return type == null ? OptionalInt.empty() : OptionalInt.of(type);
  }
}

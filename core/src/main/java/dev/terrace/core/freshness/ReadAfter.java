package dev.terrace.core.freshness;

import java.io.Serial;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * How far a reader's servers must have come, by shard: the token with which one session's reads
 * follow another's writes, on any node.
 *
 * <p>Its text is base64url without padding of: a byte for the version, then for each shard in
 * ascending order its number, timeline and position as varints, the shard as its distance from the
 * one before; at the end two bytes of a CRC-32, so that a text that was cut or mistyped is not read
 * as another position. Who makes one up gets reads from the primary; nothing in it is secret.
 */
public record ReadAfter(SortedMap<Integer, LogMark> marks) {

  /** Nothing is asked for; its text is empty. */
  public static final ReadAfter NONE = new ReadAfter(new TreeMap<>());

  /** The most shards that a token may speak of. */
  public static final int SHARDS_MAX = 65_536;

  private static final int VERSION = 1;
  private static final int TEXT_MAX = 1 << 20;
  private static final int CHECK_BYTES = 2;

  /** A text that is no token. */
  public static final class Malformed extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    Malformed(String reason) {
      super(reason);
    }

    /** What is wrong, for people. */
    public String reason() {
      return String.valueOf(getMessage());
    }
  }

  public ReadAfter {
    marks = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(marks));
    if (!marks.isEmpty() && (marks.firstKey() < 0 || marks.lastKey() >= SHARDS_MAX)) {
      throw new IllegalArgumentException("shards are numbered from 0 to " + (SHARDS_MAX - 1));
    }
  }

  /** Whether nothing is asked for. */
  public boolean isEmpty() {
    return marks.isEmpty();
  }

  /** What is asked of a shard. */
  public Optional<LogMark> of(int shard) {
    return Optional.ofNullable(marks.get(shard));
  }

  /** This, and that of one shard. */
  public ReadAfter with(int shard, LogMark mark) {
    TreeMap<Integer, LogMark> more = new TreeMap<>(marks);
    more.merge(shard, mark, LogMark::later);
    return new ReadAfter(more);
  }

  /** What satisfies both. */
  public ReadAfter and(ReadAfter other) {
    ReadAfter all = this;
    for (Map.Entry<Integer, LogMark> mark : other.marks.entrySet()) {
      all = all.with(mark.getKey(), mark.getValue());
    }
    return all;
  }

  /** The token's text: letters, digits, - and _. */
  public String text() {
    if (marks.isEmpty()) {
      return "";
    }
    Bytes out = new Bytes();
    out.add(VERSION);
    int before = 0;
    for (Map.Entry<Integer, LogMark> mark : marks.entrySet()) {
      out.varint(mark.getKey() - before);
      out.varint(mark.getValue().timeline());
      out.varint(mark.getValue().lsn().bytes());
      before = mark.getKey();
    }
    byte[] body = out.bytes();
    int check = check(body, body.length);
    out.add(check >> 8);
    out.add(check);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.bytes());
  }

  /**
   * Reads a token's text.
   *
   * @throws Malformed if it is none, with the reason
   */
  public static ReadAfter parse(String text) throws Malformed {
    if (text.isEmpty()) {
      return NONE;
    }
    byte[] bytes = decode(text);
    int end = bytes.length - CHECK_BYTES;
    if (end < 1) {
      throw new Malformed("it is too short");
    }
    int check = (bytes[end] & 0xFF) << 8 | (bytes[end + 1] & 0xFF);
    if (check != check(bytes, end)) {
      throw new Malformed("its check sum is wrong: it was cut or changed");
    }
    if (bytes[0] != VERSION) {
      throw new Malformed("it is of version " + bytes[0] + ", and this Terrace knows " + VERSION);
    }
    TreeMap<Integer, LogMark> marks = new TreeMap<>();
    Reader in = new Reader(bytes, 1, end);
    long shard = 0;
    while (!in.atEnd()) {
      long step = in.varint();
      long timeline = in.varint();
      long lsn = in.varint();
      boolean ascends = marks.isEmpty() ? step >= 0 : step > 0;
      shard += step;
      if (!ascends || step >= SHARDS_MAX || shard >= SHARDS_MAX) {
        throw new Malformed("its shards are not in order");
      }
      if (timeline < 1 || timeline > Integer.MAX_VALUE) {
        throw new Malformed("it has no timeline " + timeline);
      }
      marks.put((int) shard, new LogMark((int) timeline, new Lsn(lsn)));
    }
    return new ReadAfter(marks);
  }

  private static byte[] decode(String text) throws Malformed {
    if (text.length() > TEXT_MAX) {
      throw new Malformed("it is too long");
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      // The decoder takes padding and stray bits, by which a token would have several texts.
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw new Malformed("it has characters that no token has");
    }
    throw new Malformed("it does not end as a token does");
  }

  private static int check(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) (crc.getValue() & 0xFFFF);
  }

  private static final class Bytes {
    private final List<Byte> all = new ArrayList<>();

    void add(int value) {
      all.add((byte) value);
    }

    void varint(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        add((int) ((rest & 0x7F) | 0x80));
        rest >>>= 7;
      }
      add((int) rest);
    }

    byte[] bytes() {
      byte[] bytes = new byte[all.size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = all.get(i);
      }
      return bytes;
    }
  }

  private static final class Reader {
    private final byte[] bytes;
    private final int end;
    private int at;

    Reader(byte[] bytes, int at, int end) {
      this.bytes = bytes;
      this.at = at;
      this.end = end;
    }

    boolean atEnd() {
      return at == end;
    }

    long varint() throws Malformed {
      long value = 0;
      for (int shift = 0; shift < Long.SIZE; shift += 7) {
        if (atEnd()) {
          throw new Malformed("it ends within a number");
        }
        byte next = bytes[at++];
        long bits = next & 0x7F;
        if (shift == 63 && bits > 1) {
          throw new Malformed("it has a number that is too large");
        }
        value |= bits << shift;
        if (next >= 0) {
          if (next == 0 && shift > 0) {
            throw new Malformed("it has a number that is written too long");
          }
          return value;
        }
      }
      throw new Malformed("it has a number that is too large");
    }
  }

  @Override
  public String toString() {
    return text();
  }
}

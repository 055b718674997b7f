package dev.terrace.http.compress;

import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.http.wire.Head;
import dev.terrace.http.wire.RequestHead;
import dev.terrace.http.wire.ResponseHead;
import dev.terrace.http.wire.Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Which answers are compressed, and how: those of the listed types whose member did not, for
 * clients that can decode them (RFC 9110, sections 8.4 and 12.5.3).
 */
public final class Compression {

  /** Fields that tell of the very bytes that a member sent: with them an answer stays as it is. */
  private static final List<String> OF_ITS_BYTES =
      List.of(
          "content-encoding",
          "content-range",
          "content-md5",
          "digest",
          "content-digest",
          "repr-digest");

  private static final System.Logger LOG = System.getLogger(Compression.class.getName());

  private final List<String> types;
  private final long minBytes;
  private final List<Coding> codings;
  private final int concurrentMax;
  private final AtomicInteger concurrent = new AtomicInteger();
  private final Map<Coding, Counter> in = new EnumMap<>(Coding.class);
  private final Map<Coding, Counter> out = new EnumMap<>(Coding.class);
  private final Counter busy;

  /**
   * By these settings; a coding whose native code is not for this machine is left out.
   *
   * @param types media types, or all of a kind as in {@code text/*}
   * @param codings the most wanted first
   * @param concurrentMax bodies that are compressed at once; more pass as they are
   */
  public Compression(
      List<String> types, long minBytes, List<Coding> codings, int concurrentMax, Signals signals) {
    this.types = types.stream().map(type -> type.toLowerCase(Locale.ROOT)).toList();
    this.minBytes = minBytes;
    this.codings = codings.stream().filter(Compression::works).toList();
    this.concurrentMax = concurrentMax;
    for (Coding coding : this.codings) {
      in.put(coding, signals.counter(Metric.HTTP_COMPRESSION_BYTES, coding.token(), "in"));
      out.put(coding, signals.counter(Metric.HTTP_COMPRESSION_BYTES, coding.token(), "out"));
    }
    busy = signals.counter(Metric.HTTP_COMPRESSION_BUSY);
  }

  private static boolean works(Coding coding) {
    boolean works = coding.isAvailable();
    if (!works) {
      LOG.log(
          System.Logger.Level.WARNING,
          "answers are not compressed with {0}: its native code does not load on this machine",
          coding.token());
    }
    return works;
  }

  /** Whether what the client gets depends on the codings that it takes. */
  public boolean concerns(RequestHead request, ResponseHead answer) {
    return request.isVersion11()
        && !request.isHead()
        && isWhole(answer.status())
        && (answer.contentLength() < 0 || answer.contentLength() >= minBytes)
        && isListed(answer.value("content-type"))
        && OF_ITS_BYTES.stream()
            .noneMatch(name -> answer.find(name) >= 0 || has(answer, "trailer", name))
        && !has(answer, "cache-control", "no-transform");
  }

  private static boolean isWhole(int status) {
    return (status >= 200 && status <= 203) || status >= 400;
  }

  private boolean isListed(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    int end = contentType.indexOf(';');
    String type =
        (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    for (String listed : types) {
      boolean all = listed.endsWith("/*");
      if (all ? type.startsWith(listed.substring(0, listed.length() - 1)) : type.equals(listed)) {
        return true;
      }
    }
    return false;
  }

  /** Begins to compress that answer, or returns null if it stays as it is. */
  public @Nullable CompressedBody begin(RequestHead request, ByteBufAllocator allocator) {
    Coding best = AcceptEncoding.best(request.value("accept-encoding"), codings);
    Counter inBytes = best == null ? null : in.get(best);
    Counter outBytes = best == null ? null : out.get(best);
    if (best == null || inBytes == null || outBytes == null) {
      return null;
    }
    if (concurrent.incrementAndGet() > concurrentMax) {
      concurrent.decrementAndGet();
      busy.increment();
      return null;
    }
    return new CompressedBody(best, allocator, this, inBytes, outBytes);
  }

  /**
   * The trailers of an answer that was compressed, without those that tell of the member's bytes;
   * lines that are taken over, and null if none is left.
   */
  public static @Nullable ByteBuf trailers(ByteBuf lines) {
    return Trailers.keep(lines, name -> !OF_ITS_BYTES.contains(name.toString()));
  }

  void ended() {
    concurrent.decrementAndGet();
  }

  /**
   * Takes from the answer's head what is no longer true, and returns the lines that are, each with
   * its CR LF.
   *
   * @param body null if it stays as it is
   * @param chunked whether the body needs chunks then
   */
  public static String rewrite(ResponseHead head, @Nullable CompressedBody body, boolean chunked) {
    StringBuilder lines = new StringBuilder();
    if (!has(head, "vary", "accept-encoding") && !has(head, "vary", "*")) {
      lines.append("Vary: Accept-Encoding\r\n");
    }
    if (body == null) {
      return lines.toString();
    }
    lines.append("Content-Encoding: ").append(body.coding().token()).append("\r\n");
    String tag = head.value("etag");
    if (tag != null && !tag.startsWith("W/")) {
      // The same resource in other bytes (RFC 9110, section 8.8.1).
      lines.append("ETag: W/").append(tag).append("\r\n");
      head.drop("etag");
    }
    head.drop("content-length");
    head.drop("accept-ranges");
    if (chunked && !head.isChunked()) {
      lines.append("Transfer-Encoding: chunked\r\n");
    }
    return lines.toString();
  }

  private static boolean has(Head head, String name, String element) {
    String value = head.value(name);
    if (value == null) {
      return false;
    }
    for (String one : value.split(",", -1)) {
      if (one.strip().equalsIgnoreCase(element)) {
        return true;
      }
    }
    return false;
  }
}

package dev.terrace.http.access;

import dev.terrace.http.observe.RequestText;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** One JSON object a line. Fields that do not apply are left out; names never change. */
final class JsonLine implements LineFormat {

  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final SecondText second = new SecondText(SECOND);

  @Override
  public void write(AccessEntry entry, LineBuffer out) {
    time(entry.millis(), out);
    RequestText sent = entry.sent();
    byte[] text = sent.bytes();
    text("client", entry.client(), out);
    text("protocol", entry.protocol(), out);
    out.raw(",\"tls\":").raw(entry.secure() ? "true" : "false");
    bytes("method", text, 0, sent.methodEnd(), out);
    bytes("host", text, sent.methodEnd(), sent.hostEnd(), out);
    bytes("path", text, sent.hostEnd(), sent.targetEnd(), out);
    out.raw(",\"status\":").number(entry.status());
    out.raw(",\"bytes_in\":").number(entry.bytesIn());
    out.raw(",\"bytes_out\":").number(entry.bytesOut());
    out.raw(",\"seconds\":").seconds(entry.nanos());
    if (entry.firstByteNanos() >= 0) {
      out.raw(",\"first_byte_seconds\":").seconds(entry.firstByteNanos());
    }
    text("route", entry.route(), out);
    text("pool", entry.pool(), out);
    text("member", entry.member(), out);
    text("policy", entry.policy(), out);
    text("reason", entry.reason(), out);
    text("trace", entry.trace(), out);
    out.raw(",\"attempts\":").number(entry.attempts());
    failures(entry.failures(), out);
    bytes("referer", text, sent.targetEnd(), sent.refererEnd(), out);
    bytes("user_agent", text, sent.refererEnd(), text.length, out);
    out.raw("}\n");
  }

  private void time(long millis, LineBuffer out) {
    long fraction = Math.floorMod(millis, 1000L);
    out.raw("{\"time\":\"").raw(second.of(Instant.ofEpochMilli(millis))).raw('.');
    out.raw((char) ('0' + fraction / 100));
    out.raw((char) ('0' + fraction / 10 % 10));
    out.raw((char) ('0' + fraction % 10)).raw("Z\"");
  }

  private static void text(String name, String value, LineBuffer out) {
    if (!value.isEmpty()) {
      out.raw(",\"").raw(name).raw("\":\"").json(value).raw('"');
    }
  }

  private static void bytes(String name, byte[] text, int from, int to, LineBuffer out) {
    if (to > from) {
      out.raw(",\"").raw(name).raw("\":\"").json(text, from, to).raw('"');
    }
  }

  private static void failures(List<String> failures, LineBuffer out) {
    if (failures.isEmpty()) {
      return;
    }
    out.raw(",\"failures\":[");
    for (int i = 0; i < failures.size(); i++) {
      out.raw(i == 0 ? "\"" : ",\"").json(failures.get(i)).raw('"');
    }
    out.raw(']');
  }
}

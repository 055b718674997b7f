package dev.terrace.http.access;

import dev.terrace.http.observe.RequestText;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The common log format of Apache, or with {@code Referer} and {@code User-Agent} the combined. */
final class CommonLine implements LineFormat {

  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final boolean combined;
  private final SecondText second = new SecondText(SECOND);

  CommonLine(boolean combined) {
    this.combined = combined;
  }

  @Override
  public void write(AccessEntry entry, LineBuffer out) {
    RequestText sent = entry.sent();
    byte[] text = sent.bytes();
    out.raw(entry.client()).raw(" - - [");
    out.raw(second.of(Instant.ofEpochMilli(entry.millis()))).raw("] \"");
    out.quoted(text, 0, sent.methodEnd()).raw(' ');
    out.quoted(text, sent.hostEnd(), sent.targetEnd()).raw(' ');
    out.raw(entry.protocol()).raw("\" ").number(entry.status()).raw(' ');
    if (entry.bytesOut() == 0) {
      out.raw('-');
    } else {
      out.number(entry.bytesOut());
    }
    if (combined) {
      field(text, sent.targetEnd(), sent.refererEnd(), out);
      field(text, sent.refererEnd(), text.length, out);
    }
    out.raw('\n');
  }

  private static void field(byte[] text, int from, int to, LineBuffer out) {
    out.raw(" \"");
    if (from == to) {
      out.raw('-');
    } else {
      out.quoted(text, from, to);
    }
    out.raw('"');
  }
}

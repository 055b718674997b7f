package dev.terrace.http.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.http.wire.Head.Verdict;
import dev.terrace.http.wire.RequestHead;
import dev.terrace.testkit.Seeded;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** W3C Trace Context, section 3.2. */
class TraceContextTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";
  private static final String GOOD = "00-" + TRACE + "-" + PARENT + "-01";

  private static TraceContext of(String lines) {
    RequestHead head = new RequestHead(4096);
    ByteBuf in =
        Unpooled.copiedBuffer(
            "GET / HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n", StandardCharsets.ISO_8859_1);
    assertThat(head.feed(in)).isEqualTo(Verdict.COMPLETE);
    in.release();
    return TraceContext.of(head, 0);
  }

  private static String text(TraceContext context, long below) {
    return new String(context.lines(below), StandardCharsets.ISO_8859_1);
  }

  @Test
  void theClientsTraceGoesOn() {
    TraceContext context =
        of("TraceParent: " + GOOD + "\r\nTracestate: a=1\r\ntracestate: b=2\r\n");
    assertThat(context.sampled()).isTrue();
    assertThat(context.traceId()).isEqualTo(TRACE);
    assertThat(context.parent()).isEqualTo(0x00f067aa0ba902b7L);
    assertThat(text(context, 0xabcL))
        .isEqualTo(
            "traceparent: 00-"
                + TRACE
                + "-0000000000000abc-01\r\nTracestate: a=1\r\ntracestate: b=2\r\n");
  }

  @Test
  void flagsOtherThanSampledAndRandomAreCleared() {
    assertThat(text(of("traceparent: 00-" + TRACE + "-" + PARENT + "-fe\r\n"), 1))
        .endsWith("-02\r\n");
    assertThat(of("traceparent: 00-" + TRACE + "-" + PARENT + "-00\r\n").sampled()).isFalse();
  }

  @Test
  void aLaterVersionIsReadAsFarAsItIsKnown() {
    assertThat(of("traceparent: cc-" + TRACE + "-" + PARENT + "-01-more\r\n").traceId())
        .isEqualTo(TRACE);
    assertThat(of("traceparent: cc-" + TRACE + "-" + PARENT + "-01\r\n").traceId())
        .isEqualTo(TRACE);
    assertThat(of("traceparent: cc-" + TRACE + "-" + PARENT + "-01.more\r\n").traceId())
        .isNotEqualTo(TRACE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "ff-" + TRACE + "-" + PARENT + "-01",
        "0-" + TRACE + "-" + PARENT + "-01",
        GOOD + "-more",
        GOOD + "0",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + PARENT + "-01",
        "00-" + TRACE + "-00F067AA0BA902B7-01",
        "00-" + TRACE + "-" + PARENT + "-0",
        "00-" + TRACE + "-" + PARENT + "-0x",
        "00_" + TRACE + "-" + PARENT + "-01",
        "00-" + TRACE + "_" + PARENT + "-01",
        "00-" + TRACE + "-" + PARENT + "_01",
        "00-00000000000000000000000000000000-" + PARENT + "-01",
        "00-" + TRACE + "-0000000000000000-01",
        GOOD + "\r\ntraceparent: " + GOOD,
        GOOD + ", " + GOOD,
      })
  void whatIsNotWellFormedBeginsAnotherTraceWithoutState(String value) {
    TraceContext context = of("traceparent: " + value + "\r\ntracestate: a=1\r\n");
    assertThat(context.traceId()).isNotEqualTo(TRACE);
    assertThat(context.parent()).isEqualTo(TraceContext.NO_SPAN);
    assertThat(context.sampled()).isFalse();
    assertThat(text(context, 1)).matches("traceparent: 00-[0-9a-f]{32}-0{15}1-02\r\n");
  }

  @Test
  void anythingIsReadWithoutFailing() {
    Seeded random = Seeded.of(11);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder value = new StringBuilder(GOOD);
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        int at = random.nextInt(value.length());
        switch (random.nextInt(3)) {
          case 0 -> value.setCharAt(at, (char) (' ' + random.nextInt(95)));
          case 1 -> value.deleteCharAt(at);
          default -> value.insert(at, "0f-".charAt(random.nextInt(3)));
        }
      }
      assertThat(text(of("traceparent: " + value + "\r\n"), 1))
          .matches("traceparent: 00-[0-9a-f]{32}-0{15}1-0[0-3]\r\n");
    }
  }
}

package dev.terrace.net.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.health.StatusRanges;
import dev.terrace.core.pool.Member;
import dev.terrace.net.ProxyVersion;
import dev.terrace.net.tls.ClientTls;
import dev.terrace.net.tls.MemberTlsSettings;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.Behaviour;
import dev.terrace.testkit.Seeded;
import dev.terrace.testkit.TestBackend;
import dev.terrace.testkit.TestCa;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One check over HTTP/2 of a real server, in each of the ways servers answer well or badly. */
class Http2ProbeTest {

  private final ProbeLoop loop = new ProbeLoop();
  private final Http2Member server = Http2Member.inClearText();
  private Duration timeout = Duration.ofSeconds(10);
  @TempDir private Path folder;

  @AfterEach
  void stop() {
    loop.close();
    server.close();
  }

  private static HttpCheck check(String body) {
    return new HttpCheck(
        "/healthz",
        Optional.empty(),
        StatusRanges.parse("200-399"),
        Optional.of(body).filter(text -> !text.isEmpty()));
  }

  private String probe(Member member, HttpCheck check, Optional<ClientTls> tls)
      throws InterruptedException {
    ProbeConnector connector = new ProbeConnector(loop, ProxyVersion.NONE, tls);
    return switch (new Http2Probe(connector, check).probe(member, timeout)) {
      case ProbeResult.Passed() -> "passed";
      case ProbeResult.Failed(String reason) -> reason;
      case ProbeResult.Undecided(String reason) -> reason;
    };
  }

  private String probe(Consumer<Http2Member.Stream> script) throws InterruptedException {
    server.behave(script);
    return probe(server.member(), check(""), Optional.empty());
  }

  private String probeBody(Consumer<Http2Member.Stream> script) throws InterruptedException {
    server.behave(script);
    return probe(server.member(), check("all is well"), Optional.empty());
  }

  private static Consumer<Http2Member.Stream> body(String... parts) {
    return stream -> {
      stream.head(false, ":status", "200");
      for (int i = 0; i < parts.length; i++) {
        stream.data(parts[i], i == parts.length - 1);
      }
    };
  }

  @Test
  void theStatusDecides() throws InterruptedException {
    assertThat(probe(stream -> stream.head(true, ":status", "204"))).isEqualTo("passed");
    assertThat(probe(stream -> stream.head(false, ":status", "302"))).isEqualTo("passed");
    assertThat(probe(stream -> stream.head(true, ":status", "503"))).isEqualTo("HTTP 503");
    assertThat(probe(stream -> stream.head(false, ":status", "103").head(true, ":status", "500")))
        .isEqualTo("HTTP 500");
    Await.until("its connections are closed", () -> server.openConnections() == 0);
  }

  @Test
  void theRequestNamesItsHostAndWho() throws InterruptedException {
    probe(stream -> stream.head(true, ":status", "204"));
    HttpCheck named =
        new HttpCheck(
            "/up ü?x=1", Optional.of("shop.example"), StatusRanges.parse("200"), Optional.empty());
    probe(server.member(), named, Optional.empty());
    Http2Headers plain = server.requests().getFirst();
    assertThat(plain.method()).hasToString("GET");
    assertThat(plain.scheme()).hasToString("http");
    assertThat(plain.path()).hasToString("/healthz");
    assertThat(plain.authority()).hasToString(server.member().id());
    assertThat(plain.get("user-agent")).hasToString("terrace-health");
    assertThat(server.requests().getLast().path()).hasToString("/up%20%C3%BC?x=1");
    assertThat(server.requests().getLast().authority()).hasToString("shop.example");
  }

  @Test
  void theBodyMustHoldTheText() throws InterruptedException {
    assertThat(probeBody(body("yes, all is well here"))).isEqualTo("passed");
    assertThat(probeBody(body("yes, all", " is ", "well"))).isEqualTo("passed");
    assertThat(probeBody(body("all is bad"))).isEqualTo("no 'all is well' in the body");
    assertThat(probeBody(stream -> stream.head(true, ":status", "200")))
        .isEqualTo("no 'all is well' in the body");
    assertThat(probeBody(body("x".repeat(65_525) + "all is well"))).isEqualTo("passed");
    assertThat(probeBody(body("x".repeat(65_526) + "all is well")))
        .isEqualTo("no 'all is well' in the first 64 KB of the body");
  }

  private static void sendOn(Http2Member.Stream stream) {
    stream
        .channel()
        .writeAndFlush(new DefaultHttp2DataFrame(stream.channel().alloc().buffer().writeZero(1000)))
        .addListener(
            (ChannelFutureListener)
                sent -> {
                  if (sent.isSuccess()) {
                    stream.channel().eventLoop().execute(() -> sendOn(stream));
                  }
                });
  }

  @Test
  void anEndlessBodyIsReadNoFurtherThanItDecides() throws InterruptedException {
    assertThat(
            probeBody(stream -> {
              stream.head(false, ":status", "200");
              sendOn(stream);
            }))
        .contains("in the first 64 KB");
    Await.until("its connection is closed", () -> server.openConnections() == 0);
  }

  @Test
  void whatTakesTooLongFails() throws InterruptedException {
    timeout = Duration.ofMillis(400);
    assertThat(probe(stream -> {})).isEqualTo("no answer within 400 ms");
    assertThat(probeBody(stream -> stream.head(false, ":status", "200").data("all is", false)))
        .isEqualTo("no answer within 400 ms");
    Await.until("their connections are closed", () -> server.openConnections() == 0);
    try (TestBackend mute = TestBackend.start()) {
      mute.behave(Behaviour.hang());
      assertThat(probe(Member.of(mute.address()), check(""), Optional.empty()))
          .isEqualTo("no answer within 400 ms");
    }
  }

  @Test
  void whatTheMemberRefusesFailsByItsWords() throws InterruptedException {
    assertThat(probe(stream -> stream.reset(Http2Error.REFUSED_STREAM)))
        .isEqualTo("the request was reset: REFUSED_STREAM");
    assertThat(
            probeBody(stream -> {
              stream.head(false, ":status", "200");
              stream.reset(Http2Error.INTERNAL_ERROR);
            }))
        .isEqualTo("the request was reset: INTERNAL_ERROR");
    assertThat(probe(stream -> stream.goAway(Http2Error.ENHANCE_YOUR_CALM)))
        .isEqualTo("GOAWAY: ENHANCE_YOUR_CALM");
    assertThat(
            probe(stream -> {
              stream.goAway(Http2Error.NO_ERROR);
              stream.head(true, ":status", "204");
            }))
        .as("a goodbye that takes the request")
        .isEqualTo("passed");
    assertThat(probe(Http2Member.Stream::disconnect)).isEqualTo("closed without an answer");
    assertThat(probeBody(stream -> stream.head(false, ":status", "200").disconnect()))
        .isEqualTo("closed within its answer");
  }

  /** SETTINGS without any, and a GOAWAY that says: no request was looked at. */
  @Test
  void aGoodbyeThatLeavesTheRequestOutFails() throws InterruptedException {
    byte[] settings = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    byte[] goAway = {0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    try (RawMember raw = RawMember.sending(settings, goAway)) {
      assertThat(probe(raw.member(), check(""), Optional.empty())).isEqualTo("GOAWAY: NO_ERROR");
    }
  }

  @Test
  void whatIsNotHttp2Fails() throws InterruptedException {
    try (TestBackend other = TestBackend.start()) {
      Member member = Member.of(other.address());
      other.behave(Behaviour.ok("all is well"));
      assertThat(probe(member, check(""), Optional.empty())).isEqualTo("the answer is not HTTP/2");
      other.behave(Behaviour.closeAtOnce());
      assertThat(probe(member, check(""), Optional.empty())).isEqualTo("closed without an answer");
    }
    assertThat(probe(stream -> stream.head(true, ":status", "200", "x", "y".repeat(100_000))))
        .isEqualTo("the answer is not HTTP/2");
    assertThat(probe(stream -> stream.head(true, ":status", "twohundred"))).isNotEqualTo("passed");
    assertThat(probe(stream -> stream.data("a body without a head", true))).isNotEqualTo("passed");
  }

  @Test
  void garbageNeverPassesHangsOrLeaks() throws InterruptedException {
    Seeded random = Seeded.of(20261128);
    byte[] settings = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    timeout = Duration.ofMillis(200);
    for (int i = 0; i < 100; i++) {
      byte[] noise = new byte[1 + random.nextInt(200)];
      random.nextBytes(noise);
      byte[] first = random.nextInt(2) == 0 ? settings : new byte[0];
      try (RawMember raw = RawMember.sending(first, noise)) {
        assertThat(probe(raw.member(), check(""), Optional.empty())).isNotEqualTo("passed");
      }
    }
  }

  private Optional<ClientTls> tls(TestCa ca) throws Exception {
    return Optional.of(
        ClientTls.open(
            new MemberTlsSettings(
                Optional.of(ca.write(folder.resolve("ca.pem"))),
                Optional.of("app.internal"),
                Optional.empty(),
                true,
                List.of("h2"))));
  }

  @Test
  void overTlsTheMemberMustChooseHttp2() throws Exception {
    TestCa ca = TestCa.create();
    try (Http2Member good = Http2Member.overTls(ca.issue("app.internal"), "h2", "http/1.1");
        Http2Member old = Http2Member.overTls(ca.issue("app.internal"), "http/1.1");
        Http2Member stranger = Http2Member.overTls(ca.issue("other.internal"), "h2")) {
      good.behave(body("all is well"));
      assertThat(probe(good.member(), check("all is well"), tls(ca))).isEqualTo("passed");
      assertThat(good.requests().getFirst().scheme()).hasToString("https");
      assertThat(probe(old.member(), check(""), tls(ca)))
          .isEqualTo("TLS: the member does not speak HTTP/2 (ALPN h2)");
      assertThat(old.requests()).isEmpty();
      assertThat(probe(stranger.member(), check(""), tls(ca))).startsWith("TLS: ");
      assertThat(probe(server.member(), check(""), tls(ca))).isNotEqualTo("passed");
    }
  }
}

package dev.terrace.net.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import dev.terrace.net.discovery.Finding.Failed;
import dev.terrace.net.discovery.Finding.Found;
import dev.terrace.net.discovery.TestNameServer.Mood;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a real name server's answers come to. */
class NameFinderTest {

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private TestNameServer server;

  @BeforeEach
  void start() throws IOException {
    server = new TestNameServer();
  }

  @AfterEach
  void stop() {
    server.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private NameFinder finder(String name, Address... servers) {
    DiscoverySource.Name source = new DiscoverySource.Name(name, 8080, List.of(servers));
    return new NameFinder(source, new NameLookup(loop.next(), source.servers()));
  }

  private Finding find(String name) throws InterruptedException {
    return finder(name, new Address("127.0.0.1", server.port())).find();
  }

  private Found found(String name) throws InterruptedException {
    Finding finding = find(name);
    assertThat(finding).isInstanceOf(Found.class);
    return (Found) finding;
  }

  private String failure(String name) throws InterruptedException {
    Finding finding = find(name);
    assertThat(finding).isInstanceOf(Failed.class);
    return ((Failed) finding).reason();
  }

  @Test
  void addressesBecomeMembersInAnOrderThatTheServerDoesNotTurn() throws InterruptedException {
    server.answer("app.test. A", "app.test. 30 A 10.0.0.2", "app.test. 20 A 10.0.0.1");
    Found found = found("app.test");
    assertThat(found.members())
        .containsExactly(Member.of("10.0.0.1:8080"), Member.of("10.0.0.2:8080"));
    assertThat(found.goodFor()).isEqualTo(Duration.ofSeconds(20));
    assertThat(server.questions()).containsExactly("app.test. A");
  }

  @Test
  void version6AddressesCountWhereThereAreNoOthers() throws InterruptedException {
    server.answer("app.test. AAAA", "app.test. 30 AAAA 2001:db8::1");
    assertThat(found("app.test").members()).containsExactly(Member.of("[2001:db8::1]:8080"));
  }

  @Test
  void theTimeToLiveHasBoundsAndAliasesCountToo() throws InterruptedException {
    server.answer("now.test. A", "now.test. 0 A 10.0.0.1");
    assertThat(found("now.test").goodFor()).isEqualTo(Duration.ofSeconds(1));
    server.answer("ever.test. A", "ever.test. 86400 A 10.0.0.1");
    assertThat(found("ever.test").goodFor()).isEqualTo(Duration.ofMinutes(5));
    server.answer("www.test. A", "www.test. 7 CNAME app.test.", "app.test. 60 A 10.0.0.1");
    assertThat(found("www.test").goodFor()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void aServicesServersComeWithTheirPortsAndWeights() throws InterruptedException {
    server.answer(
        "_http._tcp.app.test. SRV",
        "_http._tcp.app.test. 60 SRV 10 3 9001 a.test.",
        "_http._tcp.app.test. 60 SRV 10 0 9002 b.test.",
        "_http._tcp.app.test. 60 SRV 10 1 9003 gone.test.",
        "_http._tcp.app.test. 60 SRV 20 9 9009 standby.test.");
    server.answer("a.test. A", "a.test. 40 A 10.0.0.1");
    server.answer("b.test. A", "b.test. 50 A 10.0.0.2");
    server.answer("standby.test. A", "standby.test. 50 A 10.0.0.9");
    Found found = found("_http._tcp.app.test");
    assertThat(found.members())
        .containsExactly(
            new Member(new Address("10.0.0.1", 9001), 3, ""),
            new Member(new Address("10.0.0.2", 9002), 1, ""));
    assertThat(found.goodFor()).isEqualTo(Duration.ofSeconds(40));
  }

  @Test
  void largeWeightsKeepTheirProportion() throws InterruptedException {
    server.answer(
        "_s.test. SRV", "_s.test. 60 SRV 0 60000 1 a.test.", "_s.test. 60 SRV 0 15000 2 a.test.");
    server.answer("a.test. A", "a.test. 60 A 10.0.0.1");
    assertThat(found("_s.test").members()).extracting(Member::weight).containsExactly(256, 64);
  }

  @Test
  void whatIsNotThereIsAFailureWithItsReason() throws InterruptedException {
    assertThat(failure("gone.test")).isEqualTo("there is no name gone.test (NXDOMAIN)");
    server.answer("empty.test. A").answer("empty.test. AAAA");
    assertThat(failure("empty.test")).isEqualTo("empty.test has no AAAA record");
    server.answer("_none.test. SRV", "_none.test. 60 SRV 0 0 0 .");
    assertThat(failure("_none.test")).isEqualTo("_none.test says that there is no such service");
    server.answer("_lost.test. SRV", "_lost.test. 60 SRV 0 0 80 gone.test.");
    assertThat(failure("_lost.test")).contains("gone.test (NXDOMAIN)");
  }

  @Test
  void aServerThatFailsIsNotTakenForAnEmptyAnswer() throws InterruptedException {
    server.answer("app.test. AAAA", "app.test. 30 AAAA 2001:db8::1");
    server.is(Mood.SERVFAIL);
    assertThat(failure("app.test")).isEqualTo("app.test: the name server says ServFail(2)");
    server.is(Mood.GARBAGE);
    assertThat(failure("app.test")).startsWith("app.test: ");
    server.is(Mood.SILENT);
    assertThat(failure("app.test")).isEqualTo("app.test: no name server answers");
  }

  @Test
  void aLongAnswerComesOverTcp() throws InterruptedException {
    server.is(Mood.TRUNCATES).answer("app.test. A", "app.test. 30 A 10.0.0.1");
    assertThat(found("app.test").members()).containsExactly(Member.of("10.0.0.1:8080"));
    assertThat(server.questions()).containsExactly("app.test. A", "app.test. A");
  }

  @Test
  void theNextServerIsAskedWhenOneIsSilent() throws IOException, InterruptedException {
    server.answer("app.test. A", "app.test. 30 A 10.0.0.1");
    try (TestNameServer silent = new TestNameServer().is(Mood.SILENT)) {
      Finding finding =
          finder(
                  "app.test",
                  new Address("127.0.0.1", silent.port()),
                  new Address("127.0.0.1", server.port()))
              .find();
      assertThat(finding).isInstanceOf(Found.class);
    }
  }

  @Test
  void namesOfTheHostsFileNeedNoServer() throws InterruptedException {
    assertThat(found("localhost").members()).contains(Member.of("127.0.0.1:8080"));
    assertThat(server.questions()).isEmpty();
  }

  @Test
  void pausesGrowUpToHalfAMinute() {
    NameFinder finder = finder("app.test");
    assertThat(finder.pause(1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(finder.pause(3)).isEqualTo(Duration.ofSeconds(4));
    assertThat(finder.pause(100)).isEqualTo(Duration.ofSeconds(30));
  }
}

package dev.terrace.kv.pass;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import dev.terrace.net.health.ProbeLoop;
import dev.terrace.net.health.RedisProbe;
import dev.terrace.sandbox.RedisServer;
import dev.terrace.testkit.NeedsProgram;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@NeedsProgram("redis-server")
class RedisProbeTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private static Member member(RedisServer server) {
    return new Member(new Address("127.0.0.1", server.port()), 1, "");
  }

  @Test
  void aNodeIsUpIfItServes() throws Exception {
    try (ProbeLoop loop = new ProbeLoop();
        RedisServer open = RedisServer.start();
        RedisServer locked = RedisServer.start("--requirepass", "secret")) {
      RedisProbe probe = new RedisProbe(loop, Optional.empty());
      assertThat(probe.probe(member(open), TIMEOUT)).isInstanceOf(ProbeResult.Passed.class);
      assertThat(probe.probe(member(locked), TIMEOUT)).isInstanceOf(ProbeResult.Passed.class);
      open.pause();
      assertThat(probe.probe(member(open), Duration.ofMillis(200)))
          .isInstanceOf(ProbeResult.Failed.class);
      open.kill();
      assertThat(probe.probe(member(open), TIMEOUT)).isInstanceOf(ProbeResult.Failed.class);
    }
  }
}

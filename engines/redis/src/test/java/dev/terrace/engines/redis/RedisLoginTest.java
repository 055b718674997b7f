package dev.terrace.engines.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.Announcements;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Engines;
import dev.terrace.engine.SharedCache;
import dev.terrace.engine.SharedCache.Lookup;
import dev.terrace.engine.StoreSettings;
import dev.terrace.engine.StoreSettings.Mode;
import dev.terrace.engine.StoreSettings.StoreTls;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.sandbox.RedisServer;
import dev.terrace.testkit.NeedsProgram;
import dev.terrace.testkit.TestCa;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** How Redis servers are logged in to, and what they must prove. */
@NeedsProgram("redis-server")
class RedisLoginTest {

  private static final Duration LONG = Duration.ofSeconds(10);

  private static SharedCache cache(StoreSettings settings) {
    return Engines.installed().cache("redis", settings);
  }

  private static StoreSettings login(String database, String user, String password) {
    return TestSettings.of(LONG, database, user, password, Optional.empty());
  }

  private static Lookup look(StoreSettings settings, Address at) throws EngineFailure {
    try (SharedCache cache = cache(settings)) {
      return cache.get(at, List.of("key".getBytes(StandardCharsets.UTF_8)), LONG).getFirst();
    }
  }

  private static EngineFailure failure(StoreSettings settings, Address at) {
    EngineFailure failure = catchThrowableOfType(EngineFailure.class, () -> look(settings, at));
    assertThat(failure).isNotNull();
    assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    return failure;
  }

  @Test
  void passwordUserAndDatabaseCount() throws Exception {
    String[] acl = {
      "--requirepass", "secret", "--user", "anna", "on", ">word", "~*", "&*", "+@all"
    };
    try (RedisServer redis = RedisServer.start(acl);
        Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
      Address at = Address.parse(redis.address());
      assertThat(failure(login("", "", ""), at)).hasMessageContaining("refused the login");
      assertThat(failure(login("", "anna", "wrong"), at))
          .hasMessageContaining("refused the login")
          .hasMessageNotContaining("wrong");
      assertThat(failure(login("999", "", "secret"), at)).hasMessageContaining("DB index");
      assertThat(look(login("", "", "secret"), at)).isInstanceOf(Lookup.Lease.class);
      assertThat(look(login("3", "anna", "word"), at)).isInstanceOf(Lookup.Lease.class);
      jedis.auth("secret");
      assertThat(jedis.dbSize()).isEqualTo(1);
      jedis.select(3);
      assertThat(jedis.dbSize()).isEqualTo(1);
    }
  }

  @Test
  void databasesAreNumbers() {
    assertThatThrownBy(() -> cache(login("shop", "", "")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'shop'");
  }

  @Test
  void tlsProvesWhoBothAre(@TempDir Path folder) throws Exception {
    TestCa ca = TestCa.create();
    Path trusted = ca.write(folder.resolve("ca.pem"));
    Path strange = TestCa.create().write(folder.resolve("strange.pem"));
    TestCa.Issued.Pem server = ca.issue("redis.example").write(folder, "server");
    TestCa.Issued.Pem own = ca.issue("terrace.example").write(folder, "own");
    int port = FreePorts.one();
    String[] tls = {
      "--tls-port", Integer.toString(port),
      "--tls-cert-file", server.certificate().toString(),
      "--tls-key-file", server.key().toString(),
      "--tls-ca-cert-file", trusted.toString(),
      "--tls-auth-clients", "yes"
    };
    try (RedisServer redis = RedisServer.start(tls)) {
      assertThat(redis.alive()).isTrue();
      Address at = new Address("127.0.0.1", port);
      Optional<String> name = Optional.of("redis.example");
      StoreTls full = tls(Mode.VERIFY_FULL, trusted, name, own);
      assertThat(look(secured(full), at)).isInstanceOf(Lookup.Lease.class);
      assertThat(look(secured(tls(Mode.REQUIRE, strange, Optional.empty(), own)), at)).isNotNull();
      StoreTls nameless = tls(Mode.VERIFY_CA, trusted, Optional.empty(), own);
      assertThat(look(secured(nameless), at)).isNotNull();
      failure(secured(tls(Mode.VERIFY_FULL, trusted, Optional.of("other.example"), own)), at);
      failure(secured(tls(Mode.VERIFY_FULL, trusted, Optional.empty(), own)), at);
      failure(secured(tls(Mode.VERIFY_CA, strange, Optional.empty(), own)), at);
      failure(
          secured(
              new StoreTls(
                  Mode.REQUIRE, Optional.empty(), name, Optional.empty(), Optional.empty())),
          at);
      hears(secured(full), at);
    }
  }

  private static void hears(StoreSettings settings, Address at) throws Exception {
    CountDownLatch heard = new CountDownLatch(1);
    CountDownLatch ready = new CountDownLatch(1);
    Thread listener;
    try (Announcements node = Engines.installed().announcements("redis", settings)) {
      listener =
          Thread.startVirtualThread(() -> {
            try {
              node.listen(at, "news", ready::countDown, message -> heard.countDown());
            } catch (EngineFailure e) {
              throw new AssertionError(e);
            }
          });
      assertThat(ready.await(5, TimeUnit.SECONDS)).isTrue();
      node.announce(at, "news", new byte[] {1});
      assertThat(heard.await(5, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(listener.join(Duration.ofSeconds(2))).isTrue();
  }

  private static StoreTls tls(Mode mode, Path ca, Optional<String> name, TestCa.Issued.Pem own) {
    return new StoreTls(
        mode, Optional.of(ca), name, Optional.of(own.certificate()), Optional.of(own.key()));
  }

  private static StoreSettings secured(StoreTls tls) {
    return TestSettings.of(LONG, "", "", "", Optional.of(tls));
  }
}

package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.SharedPostgres;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;

/** Users of the file: logging in, what they may do, and what becomes of them at a reload. */
class KvUsersTest {

  private static final String SHA =
      "#30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4";
  private static final String USERS =
      "users: {app: {password: pw, commands: ['+@all', '-@dangerous'], keys: ['h:*']},"
          + " hashed: {password: '"
          + SHA
          + "', commands: ['+get'], keys: ['page:*']}}";

  @SuppressWarnings("NullAway.Init") // set before each test
  private KvRig rig;

  @BeforeEach
  void start() throws Exception {
    rig = KvRig.start(SharedPostgres.get(), USERS);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void withUsersAndNoPasswordNobodyIsLetInWithoutLogin() throws Exception {
    try (RespWire c = RespWire.to(rig.port())) {
      assertThat(c.line("GET page:x")).isEqualTo("-NOAUTH Authentication required.");
      assertThat(c.line("AUTH default x")).startsWith("-WRONGPASS");
      assertThat(c.line("HELLO 3 AUTH app pw")).startsWith("{\"server\"");
      assertThat(c.line("ACL WHOAMI")).isEqualTo("\"app\"");
      assertThat(c.line("HSET h:1 a x")).isEqualTo("1");
      assertThat(c.line("KEYS h:*"))
          .isEqualTo("-NOPERM this user has no permissions to run the 'keys' command");
      assertThat(c.line("GET page:x")).startsWith("-NOPERM this user has no permissions to access");
      assertThat(c.line("ACL LIST")).startsWith("-NOPERM").contains("acl|list");
      assertThat(c.line("MULTI")).isEqualTo("+OK");
      assertThat(c.line("GET page:x")).startsWith("-NOPERM");
      assertThat(c.line("EXEC")).startsWith("-EXECABORT");
      assertThat(c.line("CLIENT INFO")).contains("user=app");
    }
  }

  @Test
  void aPasswordMayBeGivenAsItsHash() {
    try (Jedis c =
        new Jedis(
            new HostAndPort("127.0.0.1", rig.port()),
            DefaultJedisClientConfig.builder().user("hashed").password("pw").build())) {
      assertThat(c.get("page:x")).isNull();
    }
  }

  @Test
  void whoGuessesGetsSlowerAndIsSentAway() throws Exception {
    try (RespWire c = RespWire.to(rig.port());
        RespWire other = RespWire.to(rig.port())) {
      long start = System.nanoTime();
      for (int i = 0; i < 3; i++) {
        assertThat(c.line("AUTH app guess" + i)).startsWith("-WRONGPASS");
      }
      // The third waited for what the first two cost: 100 and 200 ms.
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(290));
      assertThat(other.line("AUTH app pw")).isEqualTo("+OK");
      assertThat(other.line("PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void aReloadTakesRightsAway() throws Exception {
    try (RespWire c = RespWire.to(rig.port());
        RespWire gone = RespWire.to(rig.port())) {
      assertThat(c.line("AUTH app pw")).isEqualTo("+OK");
      assertThat(gone.line("AUTH hashed pw")).isEqualTo("+OK");
      assertThat(c.line("HSET h:1 a x")).isEqualTo("1");
      rig.configure(rig.file("users: {app: {password: pw, commands: ['+@read'], keys: ['h:*']}}"));
      assertThat(c.line("HGET h:1 a")).isEqualTo("\"x\"");
      assertThat(c.line("HSET h:1 a y")).startsWith("-NOPERM");
      assertThat(gone.line("GET page:x")).isEqualTo("-NOAUTH Authentication required.");
    }
  }
}

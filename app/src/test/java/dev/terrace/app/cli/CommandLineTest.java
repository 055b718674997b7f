package dev.terrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command line as a user meets it: what it prints and how it exits. */
class CommandLineTest {

  private static final String SHOP = "../examples/shop/terrace.yaml";

  @TempDir private Path folder;

  private record Result(int exit, String out, String err) {}

  private static Result run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        TerraceCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return new Result(command.execute(arguments), out.toString(), err.toString());
  }

  private String file(String yaml) throws IOException {
    return Files.writeString(folder.resolve("t.yaml"), yaml).toString();
  }

  @Test
  void aGoodFileIsPrintedWithItsDefaultsAndWithoutItsSecrets() {
    Result result = run("check", SHOP);
    assertThat(result.exit()).isZero();
    assertThat(result.out()).contains("drain-timeout: 10s").doesNotContain("password: shop");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void everyMistakeOfABadFileIsReportedInOneRunWithItsLine() throws IOException {
    String file =
        file(
            """
            listen:
              http: 127.0.0.1:8080
              htpp: 127.0.0.1:8081
            pools:
              app:
                members: [127.0.0.1:nine]
                balance: fastest
            http:
              routes:
                - {match: {path: /*}, pool: apq}
            """);
    Result result = run("check", file);
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .contains(":3:", "htpp", "http")
        .contains(":6:")
        .contains(":7:", "fastest", "round-robin")
        .contains(":10:", "apq", "app")
        .doesNotContain("Exception");
  }

  @Test
  void aMissingFileIsNamed() {
    Result result = run("run", folder.resolve("none.yaml").toString());
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("none.yaml").doesNotContain("Exception");
  }

  @Test
  void wrongUseExitsWithTwoAndShowsTheUsage() {
    assertThat(run().exit()).isEqualTo(2);
    assertThat(run("serve").exit()).isEqualTo(2);
    assertThat(run("explain", SHOP).exit()).isEqualTo(2);
    assertThat(run("check").err()).contains("Usage: terrace check");
  }

  @Test
  void aTakenPortIsNamedWithARemedy() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String file =
          file(
              """
              listen: {http: "127.0.0.1:%d"}
              pools: {app: {members: ["127.0.0.1:1"]}}
              http: {routes: [{match: {}, pool: app}]}
              """
                  .formatted(taken.getLocalPort()));
      Result result = run("run", file);
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.err())
          .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort(), "listen.http", "ss -lt")
          .doesNotContain("Exception");
    }
  }

  @Test
  void nobodyAtTheAdminAddressIsSaidSo() {
    Result result = run("status", "--admin", "127.0.0.1:1");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("nothing answers at 127.0.0.1:1", "--admin");
  }

  @Test
  void explainsEachTierWithoutStartingAnything() {
    assertThat(run("explain", SHOP, "--dns", "www.shop.example").out())
        .contains("pool", "edges", "127.0.0.1");
    assertThat(run("explain", SHOP, "--http", "/products/42", "--host", "shop.example").out())
        .contains("route", "app", "least-connections");
    assertThat(run("explain", SHOP, "--kv", "HGETALL product:42").out()).contains("product", "10m");
    assertThat(run("explain", SHOP, "--sql", "select * from orders where user_id = 42").out())
        .contains("shard", "hash(42)");
    assertThat(run("explain", SHOP, "--json", "--kv", "GET product:42").out()).startsWith("{");
  }
}

package dev.terrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.MemberSource;
import dev.terrace.net.BindFailure;
import dev.terrace.net.discovery.Discovery;
import dev.terrace.testkit.Await;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes of members while running. */
class MembersApiTest {

  private static final String MEMBERS = "/api/pools/app/members";
  private static final String FIRST = MEMBERS + "/127.0.0.1:9001";

  private RunningShop shop;

  @BeforeEach
  void start() throws BindFailure {
    shop = new RunningShop();
  }

  @AfterEach
  void stop() {
    shop.close();
  }

  private JsonNode post(String path) {
    HttpResponse<String> answer = Http.post(shop.uri(path));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Http.json(answer);
  }

  private void refused(int status, String path, String... words) {
    HttpResponse<String> answer = Http.post(shop.uri(path));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains(words).contains("remedy");
  }

  private List<String> ids() {
    return shop.pools().get("app").snapshot().members().stream().map(m -> m.id()).toList();
  }

  private JsonNode view(String member) {
    for (JsonNode one : Http.json(Http.get(shop.uri("/api/pools"))).get(0).get("members")) {
      if (one.get("id").asText().equals(member)) {
        return one;
      }
    }
    throw new AssertionError("no member " + member);
  }

  @Test
  void aMemberIsAddedWithWeightAndZone() {
    JsonNode added = post(MEMBERS + "?address=127.0.0.1%3A9009&weight=5&zone=eu-1a");
    assertThat(added.get("member").asText()).isEqualTo("127.0.0.1:9009");
    assertThat(added.get("lasts").asText()).contains("until the file");
    JsonNode view = view("127.0.0.1:9009");
    assertThat(view.get("weight").asInt()).isEqualTo(5);
    assertThat(view.get("zone").asText()).isEqualTo("eu-1a");
    assertThat(view.get("source").asText()).isEqualTo("api");
    assertThat(view("127.0.0.1:9001").get("source").asText()).isEqualTo("file");
  }

  @Test
  void aMemberIsRemovedAndItsWeightChanged() {
    assertThat(post(FIRST + "/remove").get("change").asText()).startsWith("removed");
    assertThat(ids()).containsExactly("127.0.0.1:9002", "127.0.0.1:9003");
    post(MEMBERS + "/127.0.0.1%3A9002/weight?weight=7");
    assertThat(view("127.0.0.1:9002").get("weight").asInt()).isEqualTo(7);
    assertThat(view("127.0.0.1:9002").get("edited").asBoolean()).isTrue();
    post(MEMBERS + "?address=127.0.0.1:9001");
    assertThat(ids()).contains("127.0.0.1:9001");
  }

  @Test
  void aDrainHasADeadlineIfItIsGivenOne() {
    JsonNode drained = post(FIRST + "/drain?deadline=1h");
    assertThat(drained.get("state").asText()).isEqualTo("draining");
    assertThat(drained.get("drainUntilMillis").asLong())
        .isGreaterThan(System.currentTimeMillis() + 3_500_000);
    assertThat(post(FIRST + "/drain").get("drainUntilMillis").isNull()).isTrue();
    post(FIRST + "/drain?deadline=20ms");
    Await.until("it is cut", () -> shop.cut.equals(List.of("app 127.0.0.1:9001")));
    assertThat(post(FIRST + "/undrain").get("state").asText()).isEqualTo("up");
  }

  @Test
  void whatCannotBeIsRefusedWithAReason() {
    refused(409, MEMBERS + "?address=127.0.0.1:9001", "already");
    refused(400, MEMBERS, "host:port");
    refused(400, MEMBERS + "?address=127.0.0.1", "lacks a port");
    refused(400, MEMBERS + "?address=127.0.0.300:80", "127.0.0.300");
    refused(400, MEMBERS + "?address=a:1&weight=0", "between 1 and 256");
    refused(400, MEMBERS + "?address=a:1&weight=2%20zone=x", "weight");
    refused(400, MEMBERS + "?address=a:1&zone=a%20b", "host:port");
    refused(400, FIRST + "/weight", "between 1 and 256");
    refused(400, FIRST + "/weight?weight=9999999", "between 1 and 256");
    refused(400, FIRST + "/drain?deadline=soon", "soon");
    refused(404, MEMBERS + "/a:1/remove", "no member 'a:1'", "127.0.0.1:9002");
    refused(404, "/api/pools/ap/members?address=a:1", "no pool 'ap'", "edges");
    String shard = "/api/pools/shop%2F0%2Fprimary/members";
    refused(422, shard + "?address=a:1", "belongs to a store");
    refused(422, shard + "/127.0.0.1:5501/remove", "belongs to a store");
    refused(422, shard + "/127.0.0.1:5501/drain?deadline=1s", "no deadline");
    assertThat(Http.post(shop.uri(FIRST + "/explode")).statusCode()).isEqualTo(404);
    assertThat(Http.get(shop.uri(FIRST + "/remove")).statusCode()).isEqualTo(405);
    assertThat(ids()).hasSize(3);
  }

  @Test
  void discoveryIsShownWithItsMembersAndItsFailure() {
    shop.memberships().discovered("app", MemberSource.DNS, List.of(Member.of("10.0.0.7:80")));
    shop.discoveries.put(
        "app", new Discovery.Status("dns app.test:80", 1, Optional.of("NXDOMAIN")));
    assertThat(view("10.0.0.7:80").get("source").asText()).isEqualTo("dns");
    JsonNode pools = Http.json(Http.get(shop.uri("/api/pools")));
    assertThat(pools.get(0).get("discovery").toString())
        .isEqualTo("{\"source\":\"dns app.test:80\",\"found\":1,\"failure\":\"NXDOMAIN\"}");
    assertThat(pools.get(1).get("discovery").isNull()).isTrue();
  }
}

package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What statements have in common that differ in their constants alone, and how it is shown. */
final class FingerprintTest {

  private final StatementPlanner planner = Shop.planner(2);

  private Fingerprint of(String sql) {
    return planner.plan(sql).fingerprint();
  }

  @Test
  void constantsAreNeitherToldApartNorShown() {
    Fingerprint one = of("SELECT name FROM users WHERE id = 4711 AND name = 'secret''s'");
    Fingerprint two = of("select name from users where id = 12 and name = $$other$$ -- note");
    assertThat(one).isEqualTo(two);
    assertThat(one.text()).isEqualTo("select name from users where id = ? and name = ?");
    assertThat(of("select count(*), u.id from users u where id in (1, 2, 3)").text())
        .isEqualTo("select count (*), u.id from users u where id in (...)");
    assertThat(of("select name from users where id = 5 or true")).isNotEqualTo(one);
  }

  @Test
  void nothingOfWhatCannotBeReadIsShown() {
    assertThat(of("select 'secret").text()).doesNotContain("secret");
    assertThat(of("select U&\"secret\"").text()).doesNotContain("secret");
  }

  @Test
  void aLongOneIsCutAndToldFromOthersLikeIt() {
    String columns = "id, ".repeat(5000);
    Fingerprint one = of("select " + columns + "id from users where id = 1");
    Fingerprint two = of("select " + columns + "id, id from users where id = 1");
    assertThat(one).isNotEqualTo(two);
    assertThat(one.text()).hasSizeLessThan(2100).endsWith("...");
  }

  @Test
  void quickPlansCountWithThePlansTheyStandFor() {
    QuickPlans quick = new QuickPlans();
    for (String sql :
        List.of("select * from users where id = 1", "select * from users where id = 2")) {
      byte[] bytes = sql.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      System.arraycopy(bytes, 0, quick.room(bytes.length), 0, bytes.length);
      assertThat(quick.planAll(planner, bytes.length).getFirst().fingerprint()).isEqualTo(of(sql));
    }
  }
}

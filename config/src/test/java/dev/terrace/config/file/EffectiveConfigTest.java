package dev.terrace.config.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.Loaded;
import dev.terrace.config.TerraceConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EffectiveConfigTest {

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {7, 20261123})
  void readsBackAsTheSameConfig(long seed) {
    RandomConfig configs = new RandomConfig(seed);
    for (int round = 0; round < 80; round++) {
      TerraceConfig config = configs.next();
      String yaml = EffectiveConfig.yaml(config);
      Loaded again = ConfigFile.parse("effective.yaml", yaml, Map.of());
      assertThat(again)
          .as("seed %d, round %d:%n%s", seed, round, yaml)
          .isInstanceOfSatisfying(Loaded.Ok.class, ok -> assertThat(ok.config()).isEqualTo(config));
    }
  }

  @Test
  void hidesSecretsWithoutBreakingTheFile() {
    String yaml = "kv: {password: \"hunter2\"}";
    assertThat(ConfigFile.parse("a.yaml", yaml, Map.of()))
        .isInstanceOfSatisfying(
            Loaded.Ok.class,
            ok ->
                assertThat(EffectiveConfig.yaml(ok.config()))
                    .contains("password: '***'")
                    .doesNotContain("hunter2"));
  }
}

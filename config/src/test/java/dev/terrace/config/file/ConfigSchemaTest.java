package dev.terrace.config.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** What the binder takes, the schema takes; and it refuses what editors should underline. */
class ConfigSchemaTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private final JsonNode schema;

  ConfigSchemaTest() throws IOException {
    schema = JSON.readTree(ConfigSchema.json());
  }

  @Test
  void takesEveryGoldenFileThatIsGood() throws IOException {
    int good = 0;
    for (String name : GoldenTest.names()) {
      Path out = GoldenTest.FOLDER.resolve(name.replace(".yaml", "") + ".out");
      String[] parts = Files.readString(out).split("---\n", 2);
      if (parts.length == 2) {
        good++;
        assertThat(refusal(parts[1])).as(out.toString()).isEmpty();
        Path file = GoldenTest.FOLDER.resolve(name);
        if (Files.isRegularFile(file)) {
          assertThat(refusal(Files.readString(file))).as(name).isEmpty();
        }
      }
    }
    assertThat(good).isGreaterThan(8);
  }

  @Test
  void takesWhatIsDrawnAtRandom() throws IOException {
    RandomConfig configs = new RandomConfig(11);
    for (int round = 0; round < 20; round++) {
      assertThat(refusal(EffectiveConfig.yaml(configs.next()))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "listne: {}",
        "[listen]",
        "runtime: {loops: many}",
        "runtime: {transport: tcp}",
        "runtime: {drain-timeout: 10}",
        "pools: {app: {members: [{weight: 2}]}}",
        "pools: {app: {balance: hash(body)}}",
        "http: {routes: {pool: app}}",
        "http: {routes: [{match: {paht: /a}}]}",
        "http: {cache: {memory: 1kb}}",
        "stores: {shop: {engine: mysql, database: shop}}",
        "stores: {shop: {database: shop}}",
        "tables: {t: {store: s, shard: none}}"
      })
  void refuses(String yaml) throws IOException {
    assertThat(refusal(yaml)).isNotEmpty();
  }

  private String refusal(String yaml) throws IOException {
    LoadSettings settings = LoadSettings.builder().setSchema(new CoreSchema()).build();
    return refusal(schema, JSON.valueToTree(new Load(settings).loadFromString(yaml)), "$");
  }

  /** Why the value is not as the schema says, or nothing; the keywords are those we generate. */
  private String refusal(JsonNode rule, JsonNode value, String at) {
    String reference = rule.path("$ref").asText("");
    if (!reference.isEmpty()) {
      return refusal(schema.at(reference.substring(1)), value, at);
    }
    if (rule.has("anyOf")) {
      List<String> all = rule.get("anyOf").valueStream().map(r -> refusal(r, value, at)).toList();
      return all.contains("") ? "" : String.join(" or ", all);
    }
    boolean known = !rule.has("enum") || rule.get("enum").valueStream().anyMatch(value::equals);
    boolean typed = !rule.has("type") || isOfType(rule.get("type"), value);
    boolean matches =
        !rule.has("pattern")
            || !value.isTextual()
            || value.asText().matches("(?s).*(" + rule.get("pattern").asText() + ").*");
    if (!known || !typed || !matches) {
      return at + " is " + value + ", not " + rule;
    }
    return value.isContainerNode() ? inside(rule, value, at) : "";
  }

  private String inside(JsonNode rule, JsonNode value, String at) {
    for (JsonNode key : rule.path("required")) {
      if (!value.has(key.asText())) {
        return at + " lacks " + key;
      }
    }
    if (value.isArray()) {
      return value
          .valueStream()
          .map(item -> refusal(rule.get("items"), item, at + "[]"))
          .filter(refusal -> !refusal.isEmpty())
          .findFirst()
          .orElse("");
    }
    for (var entry : value.properties()) {
      JsonNode property = rule.path("properties").path(entry.getKey());
      JsonNode other = rule.path("additionalProperties");
      JsonNode inner = property.isMissingNode() ? other : property;
      String refusal =
          inner.isBoolean()
              ? at + " has an unknown " + entry.getKey()
              : refusal(inner, entry.getValue(), at + "." + entry.getKey());
      if (!refusal.isEmpty()) {
        return refusal;
      }
    }
    return "";
  }

  private static boolean isOfType(JsonNode type, JsonNode value) {
    if (type.isArray()) {
      return type.valueStream().anyMatch(one -> isOfType(one, value));
    }
    return switch (type.asText()) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> throw new IllegalArgumentException(type.toString());
    };
  }
}

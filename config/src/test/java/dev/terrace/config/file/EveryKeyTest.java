package dev.terrace.config.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.Loaded;
import dev.terrace.config.shape.FormShape;
import dev.terrace.config.shape.ListShape;
import dev.terrace.config.shape.MapShape;
import dev.terrace.config.shape.OptionalShape;
import dev.terrace.config.shape.RecordShape;
import dev.terrace.config.shape.RecordShape.Field;
import dev.terrace.config.shape.ScalarShape;
import dev.terrace.config.shape.Shape;
import dev.terrace.config.shape.Shapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** golden/every-key.yaml sets every key that there is, each to something else than its default. */
class EveryKeyTest {

  private static final Path FILE = Path.of("src/test/resources/golden/every-key.yaml");

  private final Set<String> known = new TreeSet<>();
  private final Set<String> set = new TreeSet<>();

  @Test
  void everyKeyIsSetInTheFileAndHasADoc() throws IOException {
    Object written =
        new Load(LoadSettings.builder().build()).loadFromString(Files.readString(FILE));
    describe(Shapes.FILE, "");
    walk(Shapes.FILE, written, "");
    assertThat(set).containsExactlyElementsOf(known);
    assertThat(known).hasSizeGreaterThan(90);
  }

  @Test
  void theFileIsGood() {
    assertThat(ConfigFile.load(FILE, GoldenTest.VARIABLES)).isInstanceOf(Loaded.Ok.class);
  }

  private void describe(Shape shape, String path) {
    switch (shape) {
      case RecordShape record ->
          record
              .fields()
              .forEach(field -> {
                assertThat(field.doc()).as(path + field.key()).isNotEmpty().endsWith(".");
                known.add(path + field.key());
                describe(field.shape(), path + field.key() + ".");
              });
      case OptionalShape optional -> describe(optional.value(), path);
      case ListShape list -> describe(list.item(), path + "[].");
      case MapShape map -> describe(map.value(), path + "NAME.");
      case FormShape either -> describe(either.form(), path);
      case ScalarShape _ -> {}
    }
  }

  private void walk(Shape shape, Object written, String path) {
    switch (shape) {
      case RecordShape record -> record.fields().forEach(field -> key(field, written, path));
      case OptionalShape optional -> walk(optional.value(), written, path);
      case ListShape list -> {
        List<?> items = written instanceof List<?> several ? several : List.of(written);
        items.forEach(item -> walk(list.item(), item, path + "[]."));
      }
      case MapShape map ->
          ((Map<?, ?>) written).values().forEach(value -> walk(map.value(), value, path + "NAME."));
      case FormShape either -> {
        if (written instanceof Map) {
          walk(either.form(), written, path);
        }
      }
      case ScalarShape _ -> {}
    }
  }

  private void key(Field field, Object record, String path) {
    Object value = ((Map<?, ?>) record).get(field.key());
    if (value != null && !field.preset().filter(value.toString()::equals).isPresent()) {
      set.add(path + field.key());
      walk(field.shape(), value, path + field.key() + ".");
    }
  }
}

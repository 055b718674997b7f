package dev.terrace.config.file;

import dev.terrace.config.Secret;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.shape.FormShape;
import dev.terrace.config.shape.ListShape;
import dev.terrace.config.shape.MapShape;
import dev.terrace.config.shape.OptionalShape;
import dev.terrace.config.shape.RecordShape;
import dev.terrace.config.shape.ScalarShape;
import dev.terrace.config.shape.Shape;
import dev.terrace.config.shape.Shapes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** A file as it is understood: every key with its value, given or default; secrets as ***. */
public final class EffectiveConfig {

  private EffectiveConfig() {}

  /** The YAML text; read again it gives an equal config, but for the secrets. */
  public static String yaml(TerraceConfig config) {
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setIndicatorIndent(2)
            .setIndentWithIndicator(true)
            .setSplitLines(false)
            .setDereferenceAliases(true)
            .setSchema(new CoreSchema())
            .build();
    return new Dump(settings).dumpToString(written(Shapes.FILE, config));
  }

  private static Object written(Shape shape, Object value) {
    return switch (shape) {
      case ScalarShape scalar -> scalar(scalar, value);
      case FormShape either -> {
        Optional<Object> form = either.toForm().apply(value);
        yield form.isPresent() ? written(either.form(), form.get()) : scalar(either.text(), value);
      }
      case ListShape list ->
          ((List<?>) value).stream().map(item -> written(list.item(), item)).toList();
      case MapShape map -> {
        Map<String, Object> entries = new LinkedHashMap<>();
        ((Map<?, ?>) value).forEach((k, v) -> entries.put((String) k, written(map.value(), v)));
        yield entries;
      }
      case OptionalShape optional -> written(optional.value(), ((Optional<?>) value).orElseThrow());
      case RecordShape record -> keys(record, value);
    };
  }

  private static Object keys(RecordShape shape, Object record) {
    Map<String, Object> keys = new LinkedHashMap<>();
    for (RecordShape.Field field : shape.fields()) {
      Object value = field.of(record);
      if (!(value instanceof Optional<?> optional) || optional.isPresent()) {
        keys.put(field.key(), written(field.shape(), value));
      }
    }
    return keys;
  }

  private static Object scalar(ScalarShape shape, Object value) {
    Object written = shape.writer().apply(value);
    // A dollar sign would be taken for a variable when the text is read again.
    return written instanceof String text && !(value instanceof Secret)
        ? text.replace("$", "$$")
        : written;
  }
}

package dev.terrace.config.file;

import dev.terrace.config.shape.FormShape;
import dev.terrace.config.shape.ListShape;
import dev.terrace.config.shape.MapShape;
import dev.terrace.config.shape.OptionalShape;
import dev.terrace.config.shape.RecordShape;
import dev.terrace.config.shape.RecordShape.Field;
import dev.terrace.config.shape.ScalarShape;
import dev.terrace.config.shape.Shape;
import dev.terrace.config.shape.Shapes;
import java.util.Optional;

/** The reference of the file as Markdown: every key with its type, its default and its meaning. */
public final class ConfigReference {

  private static final String HEAD =
      """
      # Configuration reference

      <!-- Generated from the records of dev.terrace.config: change them, then run
           mvn test -pl config -am -Dtest=GeneratedDocsTest -Dterrace.regenerate=true -->

      Every key of the file. `NAME` stands for a name of your choice, `[]` for an item of a list; a
      list of one may be written without its brackets. How durations, sizes and variables are
      written, and how files are checked, is in [the guide](../guide/the-file.md).
      """;

  private final StringBuilder text = new StringBuilder(HEAD);

  private ConfigReference() {}

  /** The whole page. */
  public static String markdown() {
    ConfigReference reference = new ConfigReference();
    for (Field section : Shapes.FILE.fields()) {
      reference.section(section);
    }
    return reference.text.toString();
  }

  private void section(Field section) {
    text.append("\n## ").append(section.key()).append("\n\n").append(section.doc()).append("\n\n");
    text.append("| Key | Type | Default | Meaning |\n|---|---|---|---|\n");
    inside(section.shape(), section.key());
  }

  private void keys(RecordShape record, String path) {
    for (Field field : record.fields()) {
      String at = path + "." + field.key();
      row("`" + at + "`", type(field.shape()), preset(field), field.doc());
      inside(field.shape(), at);
    }
  }

  /** The rows of what a value holds, if it holds keys. */
  private void inside(Shape shape, String path) {
    switch (shape) {
      case RecordShape record -> keys(record, path);
      case OptionalShape optional -> inside(optional.value(), path);
      case ListShape list -> inside(list.item(), path + "[]");
      case MapShape map -> inside(map.value(), path + ".NAME");
      case FormShape either -> keys(either.form(), path);
      case ScalarShape _ -> {
        // Its row has said it all.
      }
    }
  }

  private void row(String... cells) {
    for (String cell : cells) {
      text.append("| ").append(cell.replace("|", "\\|")).append(' ');
    }
    text.append("|\n");
  }

  private static String preset(Field field) {
    Optional<String> preset = field.preset().map(value -> "`" + value + "`");
    return preset.orElseGet(() ->
        field.required()
            ? "**required**"
            : switch (field.shape()) {
              case OptionalShape _ -> "none";
              case ListShape _, MapShape _ -> "empty";
              case RecordShape _, ScalarShape _, FormShape _ -> "as below";
            });
  }

  private static String type(Shape shape) {
    return switch (shape) {
      case ScalarShape scalar when scalar.name().equals("choice") ->
          "`" + String.join("`, `", scalar.choices()) + "`";
      case ScalarShape scalar -> scalar.name();
      case FormShape either -> either.text().name() + ", or keys";
      case OptionalShape optional -> type(optional.value());
      case ListShape list -> "list of " + type(list.item());
      case MapShape map -> "mapping of names to " + type(map.value());
      case RecordShape _ -> "keys";
    };
  }
}

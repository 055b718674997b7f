package dev.terrace.config.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terrace.config.Default;
import dev.terrace.config.shape.FormShape;
import dev.terrace.config.shape.ListShape;
import dev.terrace.config.shape.MapShape;
import dev.terrace.config.shape.OptionalShape;
import dev.terrace.config.shape.RecordShape;
import dev.terrace.config.shape.ScalarShape;
import dev.terrace.config.shape.Shape;
import dev.terrace.config.shape.Shapes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The JSON Schema (draft 2020-12) of the file, with which editors complete and check it. */
public final class ConfigSchema {

  /** A text that holds a variable may stand for anything. */
  private static final String VARIABLE = "[$][{]";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** One definition for each record, by name. */
  private final Map<String, ObjectNode> definitions = new TreeMap<>();

  private final Map<String, Class<?>> named = new HashMap<>();

  private ConfigSchema() {}

  /** The schema's text. */
  public static String json() {
    ConfigSchema schema = new ConfigSchema();
    ObjectNode root = JSON.objectNode();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "Terrace");
    root.put("description", "The file that terrace run serves.");
    root.setAll(schema.keys(Shapes.FILE));
    root.set("$defs", JSON.objectNode().setAll(schema.definitions));
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    printer.indentObjectsWith(lines);
    try {
      return new ObjectMapper().writer(printer).writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain nodes can be written", e);
    }
  }

  private ObjectNode of(Shape shape) {
    return switch (shape) {
      case ScalarShape scalar -> scalar(scalar);
      case FormShape either -> anyOf(scalar(either.text()), reference(either.form()));
      case OptionalShape optional -> of(optional.value());
      case MapShape map -> {
        ObjectNode schema = types("object", "null");
        schema.set("additionalProperties", of(map.value()));
        yield schema;
      }
      case RecordShape record -> reference(record);
      case ListShape list -> list(list);
    };
  }

  private ObjectNode list(ListShape list) {
    ObjectNode several = types("array", "null");
    several.set("items", of(list.item()));
    return switch (list.item()) {
      case ScalarShape scalar -> anyOf(several, scalar(scalar));
      case FormShape either -> anyOf(several, scalar(either.text()));
      case RecordShape _, ListShape _, MapShape _, OptionalShape _ -> several;
    };
  }

  private ObjectNode reference(RecordShape record) {
    String name = record.type().getSimpleName().replaceAll("(Config|Form)$", "");
    Class<?> other = named.putIfAbsent(name, record.type());
    if (other != null && other != record.type()) {
      throw new IllegalStateException(other + " and " + record.type() + " are both called " + name);
    }
    if (!definitions.containsKey(name)) {
      // Held before it is filled, or a record within itself would never end.
      definitions.put(name, JSON.objectNode());
      definitions.put(name, keys(record));
    }
    return JSON.objectNode().put("$ref", "#/$defs/" + name);
  }

  private ObjectNode keys(RecordShape record) {
    ObjectNode schema = record.omissible() ? types("object", "null") : types("object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = JSON.arrayNode();
    for (RecordShape.Field field : record.fields()) {
      ObjectNode property = of(field.shape());
      property.put("description", field.doc());
      field.preset().ifPresent(preset -> preset(property, field.shape(), preset));
      properties.set(field.key(), property);
      if (field.required()) {
        required.add(field.key());
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    return schema.put("additionalProperties", false);
  }

  private static void preset(ObjectNode property, Shape shape, String preset) {
    if (shape instanceof ListShape) {
      Default.Items.of(preset).forEach(property.putArray("default")::add);
      return;
    }
    boolean text = !(shape instanceof ScalarShape s) || s.kind() == ScalarShape.Kind.TEXT;
    if (text) {
      property.put("default", preset);
    } else if (shape instanceof ScalarShape s && s.kind() == ScalarShape.Kind.INTEGER) {
      property.put("default", Integer.parseInt(preset));
    } else {
      property.put("default", Boolean.parseBoolean(preset));
    }
  }

  private static ObjectNode scalar(ScalarShape scalar) {
    return switch (scalar.kind()) {
      case INTEGER -> types("integer", "string").put("pattern", pattern(scalar.pattern()));
      case BOOLEAN -> anyOf(types("boolean"), types("string").put("pattern", VARIABLE));
      case TEXT -> text(scalar);
    };
  }

  private static ObjectNode text(ScalarShape scalar) {
    if (!scalar.choices().isEmpty()) {
      ObjectNode choices = JSON.objectNode();
      scalar.choices().forEach(choices.putArray("enum")::add);
      String other = scalar.pattern().isEmpty() ? VARIABLE : pattern(scalar.pattern());
      return anyOf(choices, types("string").put("pattern", other));
    }
    if (scalar.pattern().isEmpty()) {
      return types("string", "number", "boolean");
    }
    // Digits alone, as in a size of 512, are an integer to whoever reads the YAML.
    ObjectNode schema =
        "512".matches(scalar.pattern()) ? types("string", "integer") : types("string");
    return schema.put("pattern", pattern(scalar.pattern()));
  }

  private static String pattern(String whole) {
    return "^(" + whole + ")$|" + VARIABLE;
  }

  private static ObjectNode types(String... names) {
    ObjectNode schema = JSON.objectNode();
    if (names.length == 1) {
      return schema.put("type", names[0]);
    }
    List.of(names).forEach(schema.putArray("type")::add);
    return schema;
  }

  private static ObjectNode anyOf(ObjectNode... options) {
    ObjectNode schema = JSON.objectNode();
    schema.putArray("anyOf").addAll(List.of(options));
    return schema;
  }
}

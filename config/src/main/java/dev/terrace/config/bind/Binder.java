package dev.terrace.config.bind;

import dev.terrace.config.Default;
import dev.terrace.config.FileName;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.bind.Tree.Entries;
import dev.terrace.config.bind.Tree.Entry;
import dev.terrace.config.bind.Tree.Items;
import dev.terrace.config.bind.Tree.Scalar;
import dev.terrace.config.bind.Tree.Unreadable;
import dev.terrace.config.shape.FormShape;
import dev.terrace.config.shape.ListShape;
import dev.terrace.config.shape.MapShape;
import dev.terrace.config.shape.OptionalShape;
import dev.terrace.config.shape.RecordShape;
import dev.terrace.config.shape.RecordShape.Field;
import dev.terrace.config.shape.ScalarShape;
import dev.terrace.config.shape.Shape;
import dev.terrace.config.shape.Shapes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes records of a tree. What is wrong is reported and then left out, or its default stands in,
 * so that the rest can be looked at: the records of a file with problems serve to find more
 * problems, nothing else.
 */
public final class Binder {

  /** A record's check that begins with a key's name, perhaps with a list's item, speaks of it. */
  private static final Pattern ABOUT_KEY = Pattern.compile("([a-z][a-z-]*)(?:\\[(\\d+)])? .*");

  private final Problems problems;
  private final Sources sources = new Sources();

  private Binder(Problems problems) {
    this.problems = problems;
  }

  /** A file's records as far as they could be understood. */
  public record Bound(TerraceConfig config, Sources sources) {}

  /** Binds a whole file. */
  public static Bound bind(Entries file, Problems problems) {
    Binder binder = new Binder(problems);
    binder.sources.value(KeyPath.ROOT, file.place());
    Object config =
        binder
            .record(Shapes.FILE, file.entries(), KeyPath.ROOT, file.place())
            .orElseThrow(() -> new IllegalStateException("every section may be left out"));
    return new Bound((TerraceConfig) config, binder.sources);
  }

  /** Binds a file that holds one record; nothing if it is broken, which has been reported then. */
  public static Optional<Object> bind(RecordShape shape, Entries file, Problems problems) {
    Binder binder = new Binder(problems);
    binder.sources.value(KeyPath.ROOT, file.place());
    return binder.record(shape, file.entries(), KeyPath.ROOT, file.place());
  }

  /** The value, or nothing if it is broken; that has been reported then. */
  private Optional<Object> value(Shape shape, Tree tree, KeyPath path) {
    sources.value(path, tree.place());
    if (tree instanceof Unreadable) {
      sources.broken(path);
      return Optional.empty();
    }
    return switch (shape) {
      case ScalarShape scalar -> scalar(scalar, tree, path);
      case FormShape either -> either(either, tree, path);
      case OptionalShape optional -> value(optional.value(), tree, path).map(Optional::of);
      case ListShape list -> list(list, tree, path);
      case MapShape map -> entries(tree, path).map(entries -> named(map.value(), entries, path));
      case RecordShape record ->
          entries(tree, path)
              .flatMap(entries -> record(record, entries, path, sources.keyAt(path)));
    };
  }

  private Optional<Object> scalar(ScalarShape shape, Tree tree, KeyPath path) {
    if (!(tree instanceof Scalar scalar)) {
      return broken(
          path, tree.place(), "expected " + shape.expected() + ", not " + described(tree));
    }
    if (scalar.nothing()) {
      return broken(path, tree.place(), "there is no value here: expected " + shape.expected());
    }
    try {
      return Optional.of(placed(shape.reader().apply(scalar.text()), tree.place()));
    } catch (IllegalArgumentException e) {
      // The value of a variable may be a secret that went astray: it is not repeated.
      String message =
          scalar.text().equals(scalar.written())
              ? e.getMessage() + near(shape, scalar.text())
              : "'" + scalar.written() + "' does not stand for " + shape.expected();
      return broken(path, tree.place(), message);
    }
  }

  /** Files are looked for beside the file that names them. */
  private static Object placed(Object value, Place place) {
    Path folder = Path.of(place.file()).getParent();
    return value instanceof FileName name && folder != null ? name.in(folder) : value;
  }

  private static String near(ScalarShape shape, String text) {
    return Nearest.to(text, shape.choices())
        .map(choice -> "; did you mean '" + choice + "'?")
        .orElse("");
  }

  private Optional<Object> either(FormShape shape, Tree tree, KeyPath path) {
    if (tree instanceof Scalar) {
      return scalar(shape.text(), tree, path);
    }
    if (!(tree instanceof Entries entries)) {
      return broken(
          path, tree.place(), "expected " + shape.text().expected() + ", not " + described(tree));
    }
    return record(shape.form(), entries.entries(), path, tree.place()).map(shape.fromForm());
  }

  private Optional<Object> list(ListShape shape, Tree tree, KeyPath path) {
    if (tree instanceof Scalar scalar && scalar.nothing()) {
      return Optional.of(List.of());
    }
    if (tree instanceof Items several) {
      return Optional.of(items(shape.item(), several.items(), path));
    }
    if (tree instanceof Entries || shape.item() instanceof RecordShape) {
      return broken(path, tree.place(), "expected a list, not " + described(tree));
    }
    return value(shape.item(), tree, path).map(List::of);
  }

  private List<Object> items(Shape shape, List<Tree> items, KeyPath path) {
    List<Object> values = new ArrayList<>();
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Optional<Object> value = value(shape, items.get(i), path.item(i));
      if (value.isPresent()) {
        values.add(value.get());
        kept.add(i);
      }
    }
    sources.kept(path, kept);
    return List.copyOf(values);
  }

  /** The entries of a mapping; nothing at all after a key is an empty one. */
  private Optional<List<Entry>> entries(Tree tree, KeyPath path) {
    if (tree instanceof Entries mapping) {
      return Optional.of(mapping.entries());
    }
    if (tree instanceof Scalar scalar && scalar.nothing()) {
      return Optional.of(List.of());
    }
    broken(path, tree.place(), "expected a mapping of keys, not " + described(tree));
    return Optional.empty();
  }

  private Object named(Shape shape, List<Entry> entries, KeyPath path) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Entry entry : entries) {
      KeyPath at = path.key(entry.key());
      sources.key(at, entry.keyPlace());
      value(shape, entry.value(), at).ifPresent(value -> values.put(entry.key(), value));
    }
    return Collections.unmodifiableMap(values);
  }

  private Optional<Object> record(
      RecordShape shape, List<Entry> entries, KeyPath path, Place place) {
    int before = problems.count();
    Map<String, Entry> byKey = new HashMap<>();
    List<String> known = shape.fields().stream().map(Field::key).toList();
    for (Entry entry : entries) {
      KeyPath at = path.key(entry.key());
      sources.key(at, entry.keyPlace());
      byKey.put(entry.key(), entry);
      if (!known.contains(entry.key())) {
        broken(
            path,
            entry.keyPlace(),
            "unknown key '" + entry.key() + "'" + Nearest.hint(entry.key(), known));
      }
    }
    List<Object> values = new ArrayList<>();
    boolean complete = true;
    for (Field field : shape.fields()) {
      KeyPath at = path.key(field.key());
      Entry entry = byKey.get(field.key());
      if (entry == null && field.required()) {
        broken(path, place, "the key '" + field.key() + "' is missing");
      }
      Optional<Object> value =
          entry == null ? Optional.empty() : value(field.shape(), entry.value(), at);
      value = value.or(() -> absent(field, at));
      complete &= value.isPresent();
      value.ifPresent(values::add);
    }
    return complete
        ? create(shape, values, path, place, problems.count() > before)
        : Optional.empty();
  }

  /** What a key that is left out stands for; nothing if it is required. */
  private Optional<Object> absent(Field field, KeyPath path) {
    if (field.preset().isPresent()) {
      return Optional.of(placed(preset(field.shape(), field.preset().get()), sources.keyAt(path)));
    }
    return switch (field.shape()) {
      case OptionalShape _ -> Optional.of(Optional.empty());
      case ListShape _ -> Optional.of(List.of());
      case MapShape _ -> Optional.of(Map.of());
      case RecordShape nested when nested.omissible() ->
          record(nested, List.of(), path, sources.keyAt(path));
      case RecordShape _, ScalarShape _, FormShape _ -> Optional.empty();
    };
  }

  private static Object preset(Shape shape, String text) {
    return switch (shape) {
      case ScalarShape scalar -> scalar.reader().apply(text);
      case FormShape either -> either.text().reader().apply(text);
      case ListShape list ->
          Default.Items.of(text).stream().map(item -> preset(list.item(), item)).toList();
      case OptionalShape _, MapShape _, RecordShape _ ->
          throw new IllegalStateException("a default is a value or a list of them, not " + text);
    };
  }

  /**
   * Calls the constructor; while its check refuses a key that has a default, that one stands in, so
   * that the next check is reached too.
   */
  private Optional<Object> create(
      RecordShape shape, List<Object> values, KeyPath path, Place place, boolean flawed) {
    Set<Field> refused = new HashSet<>();
    while (true) {
      try {
        return Optional.of(shape.create(values));
      } catch (IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        Optional<Field> about = about(shape, message);
        if (about.isEmpty()) {
          // With parts left out the check may see a contradiction that the file does not hold.
          return flawed || !refused.isEmpty() ? Optional.empty() : broken(path, place, message);
        }
        if (!refused.add(about.get())) {
          return Optional.empty();
        }
        KeyPath at = path.key(about.get().key());
        if (sources.isWhole(at)) {
          sources.broken(at);
          problems.add(
              sources.at(item(at, message)), path.isRoot() ? message : path + "." + message);
        }
        Optional<Object> standIn = absent(about.get(), at);
        if (standIn.isEmpty()) {
          return Optional.empty();
        }
        values.set(shape.fields().indexOf(about.get()), standIn.get());
      }
    }
  }

  private static Optional<Field> about(RecordShape shape, String message) {
    Matcher about = ABOUT_KEY.matcher(message);
    return about.matches()
        ? shape.fields().stream().filter(f -> f.key().equals(about.group(1))).findFirst()
        : Optional.empty();
  }

  private KeyPath item(KeyPath path, String message) {
    Matcher about = ABOUT_KEY.matcher(message);
    return about.matches() && about.group(2) != null
        ? sources.item(path, Integer.parseInt(about.group(2)))
        : path;
  }

  private Optional<Object> broken(KeyPath path, Place place, String message) {
    sources.broken(path);
    problems.add(place, path.isRoot() ? message : path + ": " + message);
    return Optional.empty();
  }

  private static String described(Tree tree) {
    return switch (tree) {
      case Items _ -> "a list";
      case Entries _ -> "a mapping";
      case Scalar scalar when scalar.nothing() -> "nothing";
      case Scalar scalar -> "'" + scalar.written() + "'";
      case Unreadable _ -> "that";
    };
  }
}

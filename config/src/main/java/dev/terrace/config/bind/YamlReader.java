package dev.terrace.config.bind;

import dev.terrace.config.bind.Tree.Entries;
import dev.terrace.config.bind.Tree.Entry;
import dev.terrace.config.bind.Tree.Items;
import dev.terrace.config.bind.Tree.Scalar;
import dev.terrace.config.bind.Tree.Unreadable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/** Reads one YAML text into a tree, within limits that no honest file meets. */
public final class YamlReader {

  /** Characters of one file. */
  static final int LENGTH_MAX = 4 << 20;

  /** Values of one file once aliases are followed: a few nested ones could stand for billions. */
  private static final int VALUES_MAX = 200_000;

  private static final int ALIASES_MAX = 50;

  private final String file;
  private final Environment environment;
  private final Problems problems;
  private int values;

  private YamlReader(String file, Environment environment, Problems problems) {
    this.file = file;
    this.environment = environment;
    this.problems = problems;
  }

  /** The tree of a text, or nothing if it is no YAML mapping; the problems say why. */
  public static Optional<Entries> read(
      String file, String text, Map<String, String> variables, Problems problems) {
    return new YamlReader(file, new Environment(variables), problems).read(text);
  }

  private Optional<Entries> read(String text) {
    if (text.length() > LENGTH_MAX) {
      problems.add(Place.startOf(file), "the file is longer than " + (LENGTH_MAX >> 20) + " MB");
      return Optional.empty();
    }
    Optional<Node> root;
    try {
      root = compose(text);
    } catch (YamlEngineException e) {
      problems.add(place(e, text), message(e, text));
      return Optional.empty();
    }
    if (root.isEmpty() || (root.get() instanceof ScalarNode s && isNothing(s))) {
      problems.add(Place.startOf(file), "the file is empty: it needs at least a 'listen' section");
      return Optional.empty();
    }
    Tree tree = tree(root.get());
    if (values > VALUES_MAX) {
      problems.add(
          Place.startOf(file),
          "the file stands for more than " + VALUES_MAX + " values once its aliases are followed");
      return Optional.empty();
    }
    if (tree instanceof Entries entries) {
      return Optional.of(entries);
    }
    if (!(tree instanceof Unreadable)) {
      problems.add(
          tree.place(),
          "the file must be a mapping with sections such as 'listen:' and 'pools:', not "
              + (tree instanceof Items ? "a list" : "a single text"));
    }
    return Optional.empty();
  }

  private Optional<Node> compose(String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file)
            .setSchema(new FailsafeSchema())
            .setCodePointLimit(LENGTH_MAX)
            .setMaxAliasesForCollections(ALIASES_MAX)
            .setAllowDuplicateKeys(true)
            .build();
    ParserImpl parser =
        new ParserImpl(settings, new StreamReader(settings, new PiecewiseReader(text)));
    return new Composer(settings, new ShallowParser(parser)).getSingleNode();
  }

  private Tree tree(Node node) {
    Place place = place(node.getStartMark());
    if (++values > VALUES_MAX) {
      return new Unreadable(place);
    }
    if (node.isRecursive()) {
      problems.add(place, "this value contains itself through an alias");
      return new Unreadable(place);
    }
    if (!isPlainTag(node)) {
      problems.add(place, "tags such as " + node.getTag() + " have no meaning here");
      return new Unreadable(place);
    }
    return switch (node) {
      case ScalarNode scalar -> scalar(scalar, place);
      case SequenceNode list -> {
        List<Tree> items = new ArrayList<>();
        list.getValue().forEach(item -> items.add(tree(item)));
        yield new Items(items, place);
      }
      case MappingNode mapping -> entries(mapping, place);
      default -> new Unreadable(place);
    };
  }

  private Tree scalar(ScalarNode scalar, Place place) {
    String written = scalar.getValue();
    Optional<String> text = environment.fill(written, place, problems);
    return text.isPresent()
        ? new Scalar(text.get(), written, isNothing(scalar), place)
        : new Unreadable(place);
  }

  private Tree entries(MappingNode mapping, Place place) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Place keyPlace = place(tuple.getKeyNode().getStartMark());
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        Entry first = entries.get(key.getValue());
        if (first == null) {
          entries.put(
              key.getValue(), new Entry(key.getValue(), keyPlace, tree(tuple.getValueNode())));
        } else {
          problems.add(
              keyPlace,
              "the key '"
                  + key.getValue()
                  + "' is here twice: first at line "
                  + first.keyPlace().line());
        }
      } else {
        problems.add(keyPlace, "a key must be a single text");
      }
    }
    return new Entries(List.copyOf(entries.values()), place);
  }

  private static boolean isNothing(ScalarNode scalar) {
    return scalar.isPlain()
        && (scalar.getValue().isEmpty()
            || scalar.getValue().equals("~")
            || scalar.getValue().equals("null"));
  }

  /** The tags of values that have none in the text; of an empty one it is null. */
  private static boolean isPlainTag(Node node) {
    Tag tag = node.getTag();
    return tag.equals(Tag.STR)
        || tag.equals(Tag.SEQ)
        || tag.equals(Tag.MAP)
        || (tag.equals(Tag.NULL) && node instanceof ScalarNode scalar && isNothing(scalar));
  }

  private Place place(Optional<Mark> mark) {
    return mark.map(m -> new Place(file, m.getLine() + 1, m.getColumn() + 1))
        .orElseGet(() -> Place.startOf(file));
  }

  private Place place(YamlEngineException e, String text) {
    if (e instanceof MarkedYamlEngineException marked) {
      return place(marked.getProblemMark().or(marked::getContextMark));
    }
    if (e instanceof ReaderException unprintable) {
      // The exception counts from the start of its buffer; the first such character is the one.
      int index = Math.max(0, text.indexOf(unprintable.getCodePoint()));
      return Place.after(file, text.substring(0, index));
    }
    return Place.startOf(file);
  }

  private static String message(YamlEngineException e, String text) {
    if (e instanceof ReaderException unprintable) {
      return "the character U+%04X may not stand in YAML".formatted(unprintable.getCodePoint());
    }
    if (!(e instanceof MarkedYamlEngineException marked)) {
      boolean aliases = String.valueOf(e.getMessage()).contains("aliases");
      return aliases
          ? "there are more than " + ALIASES_MAX + " aliases of lists and mappings"
          : "not YAML: " + e.getMessage();
    }
    String problem = marked.getProblem() == null ? "not understood" : marked.getProblem();
    if (problem.contains("\\t(TAB)")) {
      return "a tab: YAML is indented with spaces only";
    }
    Optional<Mark> mark = marked.getProblemMark();
    if (mark.isPresent() && text.startsWith("${", mark.get().getIndex() - 1)) {
      return "inside { } and [ ] a ${...} needs quotes: \"${...}\"";
    }
    String context = marked.getContext();
    boolean alone = context == null || context.isBlank();
    return "not YAML: " + (alone ? "" : context.strip() + ", ") + problem.strip();
  }
}

package dev.terrace.kv.acl;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What Redis says of each of its commands and subcommands: categories, and how keys are used. */
public final class CommandTable {

  /**
   * What is said of a command.
   *
   * @param reads whether it tells what a key holds
   * @param writes whether it changes what a key holds
   */
  record Said(boolean reads, boolean writes, Set<String> categories) {
    static final Said UNKNOWN = new Said(true, true, Set.of());
  }

  private static final CommandTable INSTANCE = new CommandTable();

  private final Map<String, Said> commands = new TreeMap<>();
  private final Map<String, Set<String>> categories = new LinkedHashMap<>();

  private CommandTable() {
    try (InputStream in =
            Objects.requireNonNull(CommandTable.class.getResourceAsStream("commands.txt"));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          add(List.of(line.split(" ", -1)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(List<String> words) {
    String name = words.get(0);
    String access = words.get(1);
    Set<String> its = Set.copyOf(words.subList(2, words.size()));
    commands.put(name, new Said(access.contains("R"), access.contains("W"), its));
    for (String category : its) {
      categories.computeIfAbsent(category, c -> new TreeSet<>()).add(name);
    }
  }

  /** The one table. */
  public static CommandTable get() {
    return INSTANCE;
  }

  Said of(String name) {
    return commands.getOrDefault(name, Said.UNKNOWN);
  }

  /** Whether there is such a command or subcommand ({@code config|get}). */
  public boolean has(String name) {
    return commands.containsKey(name);
  }

  Set<String> names() {
    return commands.keySet();
  }

  /** The categories' names. */
  public Set<String> categories() {
    return categories.keySet();
  }

  /** The commands of a category; none for one that there is not. */
  public Set<String> in(String category) {
    return categories.getOrDefault(category, Set.of());
  }

  /** The categories of a command. */
  public Set<String> categoriesOf(String name) {
    return of(name).categories();
  }
}

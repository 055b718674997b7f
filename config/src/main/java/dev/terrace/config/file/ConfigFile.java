package dev.terrace.config.file;

import dev.terrace.config.Loaded;
import dev.terrace.config.bind.Binder;
import dev.terrace.config.bind.Place;
import dev.terrace.config.bind.Problems;
import dev.terrace.config.bind.Sections;
import dev.terrace.config.bind.Tree.Entries;
import dev.terrace.config.bind.YamlReader;
import dev.terrace.config.check.CrossChecks;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the file, or a folder of them, into checked records; all problems are found in one go. */
public final class ConfigFile {

  private final Map<String, String> variables;
  private final Problems problems = new Problems();
  private final List<Entries> read = new ArrayList<>();
  private boolean unread;

  private ConfigFile(Map<String, String> variables) {
    this.variables = variables;
  }

  /**
   * Reads a file, or all *.yaml and *.yml files of a folder in the order of their names, as if
   * their sections stood in one.
   *
   * @param variables what ${NAME} stands for, usually {@link System#getenv()}
   */
  public static Loaded load(Path fileOrFolder, Map<String, String> variables) {
    ConfigFile file = new ConfigFile(variables);
    if (Files.isDirectory(fileOrFolder)) {
      file.addFolder(fileOrFolder);
    } else {
      file.add(fileOrFolder);
    }
    return file.bind();
  }

  /**
   * Reads a text.
   *
   * @param name what problems call it
   */
  public static Loaded parse(String name, String yaml, Map<String, String> variables) {
    ConfigFile file = new ConfigFile(variables);
    file.add(name, yaml);
    return file.bind();
  }

  private void addFolder(Path folder) {
    Place place = Place.startOf(folder.toString());
    try (Stream<Path> all = Files.list(folder)) {
      // Editors keep their backups in hidden files.
      List<Path> files =
          all.filter(path -> path.getFileName().toString().matches("[^.].*\\.ya?ml"))
              .sorted()
              .toList();
      files.forEach(this::add);
      if (files.isEmpty()) {
        problems.add(place, "there is no *.yaml or *.yml file in this folder");
      }
    } catch (IOException e) {
      problems.add(place, reason(e, "folder"));
    }
  }

  /** As {@link #parse(String, String, Map)}, of a file's bytes. */
  static Loaded parse(String name, byte[] bytes, Map<String, String> variables) {
    ConfigFile file = new ConfigFile(variables);
    file.add(name, bytes);
    return file.bind();
  }

  private void add(Path path) {
    try {
      add(path.toString(), Files.readAllBytes(path));
    } catch (IOException e) {
      unread = true;
      problems.add(Place.startOf(path.toString()), reason(e, "file"));
    }
  }

  private void add(String name, byte[] bytes) {
    Optional<Place> wrong = Utf8.firstWrong(name, bytes);
    if (wrong.isPresent()) {
      unread = true;
      problems.add(wrong.get(), "the file is not UTF-8 text: save it in that encoding");
    } else {
      add(name, Utf8.text(bytes));
    }
  }

  private static String reason(IOException e, String what) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such " + what;
      case AccessDeniedException _ -> "this " + what + " may not be read";
      default -> "this " + what + " cannot be read: " + e.getMessage();
    };
  }

  private void add(String name, String yaml) {
    YamlReader.read(name, yaml, variables, problems)
        .ifPresentOrElse(read::add, () -> unread = true);
  }

  private Loaded bind() {
    if (!read.isEmpty()) {
      Binder.Bound bound = Binder.bind(Sections.merged(read, problems), problems);
      if (!unread) {
        CrossChecks.run(bound, problems);
      }
      if (problems.count() == 0) {
        return new Loaded.Ok(bound.config(), problems.warnings());
      }
    }
    return new Loaded.Broken(problems.problems());
  }
}

package dev.terrace.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of this repository, wherever Maven was started. */
final class Repository {

  static final Path ROOT = root();

  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

  private Repository() {}

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("core/src/main/java"))) {
      Path parent = folder.getParent();
      if (parent == null) {
        throw new IllegalStateException("run this from inside the repository");
      }
      folder = parent;
    }
    return folder;
  }

  /** The folders of all Maven modules. */
  static List<Path> modules() {
    return MODULE
        .matcher(text(ROOT.resolve("pom.xml")))
        .results()
        .map(found -> ROOT.resolve(found.group(1)))
        .toList();
  }

  /** All files below the sources of all modules that have one of these endings. */
  static List<Path> sources(String... endings) {
    return modules().stream().flatMap(module -> sources(module.resolve("src"), endings)).toList();
  }

  private static Stream<Path> sources(Path folder, String... endings) {
    if (!Files.isDirectory(folder)) {
      return Stream.empty();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
          .filter(Files::isRegularFile)
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The packages that a module's main sources declare. */
  static Set<String> packages(Path module) {
    Set<String> packages = new TreeSet<>();
    sources(module.resolve("src/main/java"), ".java")
        .forEach(file -> {
          Matcher declared = PACKAGE.matcher(text(file));
          if (declared.find()) {
            packages.add(declared.group(1));
          }
        });
    return packages;
  }

  /** A file's text; some test data is not UTF-8 on purpose, so bad bytes are replaced. */
  static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file's path from the root, as people and the ratchet write it. */
  static String name(Path file) {
    return ROOT.relativize(file).toString();
  }
}

package dev.terrace.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Size and tidiness of the sources of all modules. */
class TidyTest {

  private static final int FILE_LINES_MAX = 400;
  private static final int METHOD_LINES_MAX = 50;

  // In two halves, so that this file passes its own test.
  private static final Pattern LEFT_OVER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

  @Test
  void filesAreSmall() {
    List<String> large = new ArrayList<>();
    for (Path file : Repository.sources(".java", ".js", ".css")) {
      long lines = Repository.text(file).lines().count();
      if (lines > FILE_LINES_MAX) {
        large.add(Repository.name(file));
      }
    }
    Ratchet.check("file", large);
  }

  @Test
  void methodsAreSmall() throws IOException {
    List<Path> files = Repository.sources(".java");
    assertThat(files).hasSizeGreaterThan(100);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> tooLong = new ArrayList<>();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  manager,
                  d -> {},
                  List.of("-proc:none"),
                  null,
                  manager.getJavaFileObjectsFromPaths(files));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new LongMethods(unit, positions, tooLong).scan(unit, null);
      }
    }
    Ratchet.check("method", tooLong);
  }

  /** Collects methods that take too many lines, annotations included, documentation not. */
  private static final class LongMethods extends TreeScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> found;

    LongMethods(CompilationUnitTree unit, SourcePositions positions, List<String> found) {
      this.unit = unit;
      this.positions = positions;
      this.found = found;
    }

    @Override
    public Void visitMethod(MethodTree method, Void nothing) {
      LineMap lines = unit.getLineMap();
      long start = positions.getStartPosition(unit, method);
      long end = positions.getEndPosition(unit, method);
      if (end > start
          && lines.getLineNumber(end) - lines.getLineNumber(start) + 1 > METHOD_LINES_MAX) {
        found.add(Repository.name(Path.of(unit.getSourceFile().toUri())) + " " + method.getName());
      }
      return super.visitMethod(method, null);
    }
  }

  @Test
  void nothingIsLeftForLater() {
    List<String> left = new ArrayList<>();
    for (Path file : Repository.sources(".java", ".js", ".css", ".html", ".yaml", ".sql")) {
      if (LEFT_OVER.matcher(Repository.text(file)).find()) {
        left.add(Repository.name(file));
      }
    }
    Ratchet.check("left-over", left);
  }

  @Test
  void everyPackageSaysWhatItIs() {
    Set<String> silent = new TreeSet<>();
    for (Path file : Repository.sources(".java")) {
      Path folder = file.resolveSibling("");
      boolean main = Repository.name(file).contains("src/main/java/");
      boolean described = Files.exists(folder.resolve("package-info.java"));
      if (main && !described && !file.endsWith("module-info.java")) {
        silent.add(Repository.name(folder));
      }
    }
    Ratchet.check("package", silent);
  }
}

package dev.terrace.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.terrace.architecture.Modules.Module;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may know whom, over the compiled classes of all modules. */
class DependencyTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.terrace");

  /** Modules that no server has in it, so that their classes are not on this module's path. */
  private static final Set<String> APART =
      Set.of("testkit", "bench", "architecture", "examples/shop");

  private static final Pattern VAGUE = Pattern.compile(".*(Utils?|Helpers?|Managers?|Impl)");

  static Stream<Module> modules() {
    return Modules.ALL.stream();
  }

  /** A rule over no classes would pass; so each package with sources must have been found. */
  @Test
  void classesOfEveryModuleWereFound() {
    for (Path module : Repository.modules()) {
      if (APART.contains(Repository.name(module))) {
        continue;
      }
      for (String name : Repository.packages(module)) {
        assertThat(CLASSES)
            .as("classes of %s", name)
            .anyMatch(c -> c.getPackageName().equals(name));
        assertThat(Modules.of(name)).as("the module that %s belongs to", name).isPresent();
      }
    }
    assertThat(CLASSES).hasSizeGreaterThan(100);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void aModuleKnowsOnlyThoseBelowIt(Module module) {
    String[] known =
        Stream.concat(Stream.of(module), module.mayKnow().stream().map(Modules::named))
            .map(Module::packages)
            .toArray(String[]::new);
    DescribedPredicate<JavaClass> allowed =
        resideOutsideOfPackage("dev.terrace..").or(resideInAnyPackage(known));
    classes()
        .that()
        .resideInAPackage(module.packages())
        .should()
        .onlyDependOnClassesThat(allowed)
        .because("the table of modules in ARCHITECTURE.md says so")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void noFrontKnowsAnother() {
    for (String front : Modules.FRONTS) {
      String[] others =
          Modules.FRONTS.stream()
              .filter(other -> !other.equals(front))
              .map(other -> Modules.named(other).packages())
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(Modules.named(front).packages())
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .because("fronts meet in core.signal alone")
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }

  @Test
  void packagesOfAModuleFormNoCycles() {
    Map<String, Set<String>> known = new TreeMap<>();
    for (JavaClass origin : CLASSES) {
      for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
        String from = origin.getPackageName();
        String to = dependency.getTargetClass().getPackageName();
        if (!from.equals(to) && to.startsWith("dev.terrace.") && sameModule(from, to)) {
          known.computeIfAbsent(from, p -> new TreeSet<>()).add(to);
        }
      }
    }
    Set<String> cycles = new TreeSet<>();
    known.forEach((from, targets) ->
        targets.stream()
            .filter(to -> reaches(known, to, from, new TreeSet<>()))
            .forEach(to -> cycles.add(from.compareTo(to) < 0 ? from + " " + to : to + " " + from)));
    Ratchet.check("cycle", cycles);
  }

  private static boolean sameModule(String from, String to) {
    return Modules.of(from).equals(Modules.of(to));
  }

  private static boolean reaches(
      Map<String, Set<String>> known, String from, String to, Set<String> seen) {
    return from.equals(to)
        || (seen.add(from)
            && known.getOrDefault(from, Set.of()).stream()
                .anyMatch(next -> reaches(known, next, to, seen)));
  }

  @Test
  void coreDecidesWithoutActing() {
    noClasses()
        .that()
        .resideInAPackage(Modules.named("core").packages())
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net..", "java.io..", "java.nio.channels..", "java.nio.file..")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .because("core has no I/O and no threads; servers, tests and explain run the same code")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage(Modules.named("core").packages())
        .should()
        .callMethodWhere(
            describe(
                "the clock is read",
                call ->
                    Set.of("nanoTime", "currentTimeMillis", "now").contains(call.getName())
                        && call.getTargetOwner().getPackageName().startsWith("java.")))
        .because("time is an argument in core")
        .check(CLASSES);
  }

  @Test
  void namesSayWhatThingsAre() {
    Ratchet.check(
        "name",
        CLASSES.stream()
            .filter(c -> VAGUE.matcher(c.getSimpleName()).matches())
            .map(JavaClass::getName)
            .toList());
  }
}

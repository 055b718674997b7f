package dev.terrace.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Looks for the programs of {@link NeedsProgram} where systems have them. */
final class ProgramCondition implements ExecutionCondition {

  private static final List<String> FOLDERS =
      List.of("/usr/bin", "/usr/local/bin", "/usr/sbin", "/opt/homebrew/bin");

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<String> missing =
        AnnotationSupport.findAnnotation(context.getElement(), NeedsProgram.class).stream()
            .flatMap(needs -> Arrays.stream(needs.value()))
            .filter(program -> !isInstalled(program))
            .findFirst();
    return missing
        .map(program -> ConditionEvaluationResult.disabled(program + " is not installed"))
        .orElseGet(() -> ConditionEvaluationResult.enabled("what it runs is installed"));
  }

  private static boolean isInstalled(String program) {
    return FOLDERS.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}

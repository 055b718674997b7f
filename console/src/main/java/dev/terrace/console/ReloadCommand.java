package dev.terrace.console;

import java.util.List;

/** {@code POST /api/reload}: reads the file again; a bad one changes nothing. */
record ReloadCommand(Sources sources) implements Routes.Endpoint {

  private record Applied(boolean applied) {}

  private record Refused(String error, String remedy, List<String> problems) {}

  @Override
  public Answer answer(Call call) {
    List<String> problems = sources.reload();
    if (problems.isEmpty()) {
      return Answer.json(Answer.OK, new Applied(true));
    }
    return Answer.json(
        Answer.UNPROCESSABLE,
        new Refused(
            "the file was not applied; what ran before still runs",
            "correct the problems, try with: terrace check FILE",
            List.copyOf(problems)));
  }
}

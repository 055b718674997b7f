package dev.terrace.console;

import dev.terrace.console.reshard.Reshard.Action;
import dev.terrace.console.reshard.Reshard.Phase;
import dev.terrace.console.reshard.Reshard.Request;
import dev.terrace.console.reshard.Reshard.Status;
import java.util.Arrays;
import java.util.Locale;

/**
 * {@code POST /api/reshard?action=plan&file=/etc/terrace/next.yaml&check=true}: says what would
 * move, begins to move it, or undoes that. How far it is stands at {@code GET /api/reshard}.
 */
record ReshardCommand(Sources sources) implements Routes.Endpoint {

  @Override
  public Answer answer(Call call) {
    String action = call.query().getOrDefault("action", "plan").toUpperCase(Locale.ROOT);
    if (Arrays.stream(Action.values()).noneMatch(known -> known.name().equals(action))) {
      return Answer.problem(
          Answer.BAD_REQUEST, "'" + action + "' is no action", "take plan, start or abort");
    }
    String file = call.query().getOrDefault("file", "");
    if (file.isEmpty()) {
      return Answer.problem(
          Answer.BAD_REQUEST, "no file is named", "name the file that is to be served with file=");
    }
    boolean check = call.query().getOrDefault("check", "true").equals("true");
    Status status = sources.reshard(new Request(Action.valueOf(action), file, check));
    return status.phase() == Phase.FAILED
        ? Answer.problem(
            Answer.CONFLICT,
            String.join("\n", status.problems()),
            "nothing was done; mend that and ask again")
        : Answer.json(Answer.OK, status);
  }
}

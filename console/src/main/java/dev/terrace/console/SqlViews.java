package dev.terrace.console;

import java.util.Map;

/**
 * {@code GET /api/sql?view=clients}: the tables that the SQL front serves to operators as views,
 * all of them or one.
 */
record SqlViews(Sources sources) implements Routes.Endpoint {

  @Override
  public Answer answer(Call call) {
    Map<String, ?> views = sources.sql().views();
    String one = call.query().getOrDefault("view", "");
    if (one.isEmpty()) {
      return Answer.json(Answer.OK, views);
    }
    Object rows = views.get(one);
    return rows == null
        ? Answer.problem(
            Answer.NOT_FOUND, "there is no view '" + one + "'", "name one of " + views.keySet())
        : Answer.json(Answer.OK, rows);
  }
}

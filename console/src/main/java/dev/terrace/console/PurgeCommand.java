package dev.terrace.console;

/** {@code POST /api/purge?key=product:42}: drops what the caches hold of a key or a prefix. */
record PurgeCommand(Sources sources) implements Routes.Endpoint {

  private static final int KEY_LENGTH_MAX = 4096;

  private record Purged(String key, long purged) {}

  @Override
  public Answer answer(Call call) {
    String key = call.query().getOrDefault("key", "");
    if (key.isEmpty() || key.length() > KEY_LENGTH_MAX) {
      return Answer.problem(
          Answer.BAD_REQUEST,
          "purge needs a key of 1 to " + KEY_LENGTH_MAX + " characters",
          "name a key or a prefix: /api/purge?key=product:42, /api/purge?key=product:*");
    }
    return Answer.json(Answer.OK, new Purged(key, sources.purge(key)));
  }
}

package dev.terrace.console;

import java.util.Optional;

/**
 * {@code POST /api/failover?store=shop&shard=0&to=HOST:PORT&force=true&repoint=true}: makes another
 * server of a shard its primary. It answers when that is done.
 */
record FailoverCommand(Sources sources) implements Routes.Endpoint {

  @Override
  public Answer answer(Call call) {
    String store = call.query().getOrDefault("store", "");
    String shard = call.query().getOrDefault("shard", "0");
    if (!shard.matches("[0-9]{1,5}")) {
      return Answer.problem(
          Answer.BAD_REQUEST, "'" + shard + "' is no shard's number", "shards count from 0");
    }
    var stores = sources.file().databases();
    var config = stores.get(store);
    if (config == null) {
      return Answer.problem(
          Answer.NOT_FOUND,
          "there is no store '" + store + "'",
          "name one with store=: " + stores.keySet());
    }
    int number = Integer.parseInt(shard);
    if (number >= config.shards().size()) {
      return Answer.problem(
          Answer.NOT_FOUND,
          "store '" + store + "' has no shard " + number,
          "its shards are 0 to " + (config.shards().size() - 1));
    }
    Failover.Request request =
        new Failover.Request(
            store,
            number,
            Optional.ofNullable(call.query().get("to")).filter(to -> !to.isEmpty()),
            is(call, "force"),
            is(call, "repoint"));
    return switch (sources.failover(request)) {
      case Failover.Done done -> Answer.json(Answer.OK, done);
      case Failover.Refused(String error, String remedy) ->
          Answer.problem(Answer.CONFLICT, error, remedy);
    };
  }

  private static boolean is(Call call, String name) {
    return call.query().getOrDefault(name, "false").equals("true");
  }
}

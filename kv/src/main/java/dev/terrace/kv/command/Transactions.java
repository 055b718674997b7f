package dev.terrace.kv.command;

import dev.terrace.kv.command.Command.Action.Transactional;
import dev.terrace.kv.command.Command.Keys;
import java.util.List;

/** The commands about transactions. */
final class Transactions {

  private Transactions() {}

  static List<Command> all() {
    return List.of(
        new Command("multi", 1, Keys.NONE, Transactional.MULTI, "Queues what follows."),
        new Command(
            "exec", 1, Keys.NONE, Transactional.EXEC, "Runs what is queued in one transaction."),
        new Command("discard", 1, Keys.NONE, Transactional.DISCARD, "Forgets what is queued."),
        new Command(
            "watch", -2, Keys.ALL, Transactional.WATCH, "Has EXEC do nothing if a key changes."),
        new Command("unwatch", 1, Keys.NONE, Transactional.UNWATCH, "Watches no keys."));
  }
}

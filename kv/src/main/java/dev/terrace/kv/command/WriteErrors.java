package dev.terrace.kv.command;

import dev.terrace.kv.data.KvError;

/** Errors of commands that write several keys, each in a transaction of its own. */
final class WriteErrors {

  private WriteErrors() {}

  /** The error with how far the command had come. */
  static KvError after(int done, int keys, KvError why) {
    if (keys == 1) {
      return why;
    }
    int space = why.reply().indexOf(' ');
    return KvError.of(
        why.reply().substring(0, space),
        "at key "
            + (done + 1)
            + " of "
            + keys
            + ", the keys before it are written: "
            + why.reply().substring(space + 1));
  }
}

package dev.terrace.kv.pass;

/**
 * One of Redis's commands, as far as sending it on depends on it.
 *
 * @param number its place among all commands
 * @param first the first key's place; 0 if it has none there
 * @param last the last one's; negative from the end
 * @param step from one to the next
 * @param more where further keys are
 * @param blocks whether it may wait for other clients
 */
record PassCommand(
    int number, String name, int first, int last, int step, More more, Kind kind, boolean blocks) {

  /** Where further keys are. */
  enum More {
    NONE,
    /** As many as the word before {@code first} says, from there on. */
    COUNTED,
    /** A key at 1, and as many as the word at 2 says, from there on. */
    STORE_COUNTED,
    /** As many as the word at 2 says, from there on, after a timeout at 1. */
    TIMEOUT_COUNTED,
    /** The first half of what follows the word STREAMS. */
    STREAMS,
    /** Those after the words STORE and STOREDIST. */
    STORE,
    /** The one at 3, or those after the word KEYS. */
    MIGRATE
  }

  /** Who answers it, if there are several nodes. */
  enum Kind {
    /** The node of its keys. */
    KEYS,
    /** Like KEYS; keys of several nodes are sent apart and the numbers summed. */
    SUMMED,
    /** Like KEYS; keys of several nodes are sent apart and the lists joined in order. */
    LISTED,
    /** Like KEYS; pairs of several nodes are sent apart. */
    PAIRS,
    /** The first node of the default store. */
    FIRST,
    /** All nodes of the default store; the first error or the first reply is the answer. */
    ALL,
    /** All nodes; the answer is the sum. */
    SUM,
    /** All nodes; the answer is the joined list. */
    JOIN,
    /** One node after the other. */
    SCAN,
    /** Any node that has keys. */
    RANDOM,
    /** All or the first, by its second word. */
    SCRIPT,
    CONFIG,
    /** The node of the channel. */
    PUBLISH,
    PUBSUB,
    SUBSCRIBE,
    UNSUBSCRIBE,
    MULTI,
    EXEC,
    DISCARD,
    WATCH,
    UNWATCH,
    SELECT,
    CLIENT,
    MONITOR,
    WAIT,
    /** Terrace itself. */
    LOCAL,
    /** Terrace itself, after what it holds for the client was let go. */
    RESET,
    HELLO,
    /** Nobody: it is for operators, who speak with the node itself. */
    REFUSED
  }

  /** Whether a request for it may wait for other clients. */
  boolean mayWait(RequestFrame frame) {
    if (!blocks || more != More.STREAMS) {
      return blocks;
    }
    for (int i = 1; i < frame.words() && !frame.is(i, "STREAMS"); i++) {
      if (frame.is(i, "BLOCK")) {
        return true;
      }
    }
    return false;
  }
}

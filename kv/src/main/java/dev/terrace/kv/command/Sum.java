package dev.terrace.kv.command;

import dev.terrace.kv.command.Command.Reply;
import dev.terrace.kv.data.KvError;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What comes of adding to a value, or why nothing does. */
record Sum(long value, Optional<String> problem) {

  static Sum of(byte @Nullable [] before, long delta) {
    try {
      long old = before == null ? 0 : Arguments.number(before);
      return new Sum(Math.addExact(old, delta), Optional.empty());
    } catch (KvError e) {
      return new Sum(0, Optional.of("value is not an integer or out of range"));
    } catch (ArithmeticException e) {
      return new Sum(0, Optional.of("increment or decrement would overflow"));
    }
  }

  /** The reply once it is in the store. */
  Reply reply() throws KvError {
    if (problem.isPresent()) {
      throw KvError.of(problem.get());
    }
    return out -> out.number(value);
  }
}

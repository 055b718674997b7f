package dev.terrace.kv.back;

import dev.terrace.engine.Change;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.Field;
import dev.terrace.kv.data.KvError;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;

/** The writes that stores refuse, with what people may do about them. */
final class Aside {

  private static final System.Logger LOG = System.getLogger(Aside.class.getName());

  /** Writes a record once more. */
  @FunctionalInterface
  interface Again {
    /** Returns once it is safe. */
    void write(LogRecord record) throws KvError;
  }

  private final DeadLetters letters;
  private final Again again;

  Aside(DeadLetters letters, Again again) {
    this.letters = letters;
    this.again = again;
  }

  int count() {
    return letters.count();
  }

  /** Keeps these. */
  void add(List<DeadLetter> refused) throws EngineFailure {
    try {
      letters.add(refused);
    } catch (IOException e) {
      throw new EngineFailure(
          EngineFailure.Kind.TIMEOUT, "refused writes cannot be put aside: " + e.getMessage(), e);
    }
    refused.forEach(letter ->
        LOG.log(
            System.Logger.Level.ERROR,
            "the store refuses a write of {0}, which is put aside (terrace kv dead-letters): {1}",
            letter.key(),
            letter.reason()));
  }

  /** All of them. */
  List<RefusedWrite> all() {
    return letters.all().stream().map(Aside::refused).toList();
  }

  private static RefusedWrite refused(DeadLetter letter) {
    return new RefusedWrite(
        letter.record().collection(),
        letter.key(),
        letter.position(),
        letter.atMillis(),
        described(letter.record().effect()),
        letter.reason());
  }

  private static String described(Effect effect) {
    return switch (effect.change()) {
      case Change.Keep() -> "keep";
      case Change.Delete() -> "delete";
      case Change.Replace(List<Field> fields) -> "replace by " + columns(fields);
      case Change.Put(List<Field> fields) ->
          "set " + columns(fields) + (effect.adds().isEmpty() ? "" : ", add " + effect.adds());
    };
  }

  private static String columns(List<Field> fields) {
    return fields.stream().map(Field::column).toList().toString();
  }

  /** Drops some, or writes them once more behind all others; how many. */
  int resolve(Predicate<RefusedWrite> which, boolean replay) throws KvError {
    try {
      if (!replay) {
        return letters.drop(letter -> which.test(refused(letter))).size();
      }
      int replayed = 0;
      for (DeadLetter letter : letters.all()) {
        if (which.test(refused(letter))) {
          again.write(letter.record());
          // In this order: a crash between the two may write it twice, and never loses it.
          letters.drop(letter::equals);
          replayed++;
        }
      }
      return replayed;
    } catch (IOException e) {
      throw KvError.of("the file of refused writes cannot be written: " + e.getMessage());
    }
  }
}

package dev.terrace.sql.plan;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The calls of set_config that stand in a statement's select list, each run once: those can be
 * followed as SET is. All others may be run often, or never.
 */
record SettingCalls(List<Call> calls) {

  static final SettingCalls NONE = new SettingCalls(List.of());

  static final String FUNCTION = "set_config";

  private static final Set<String> TRUE = Set.of("true", "t", "on", "yes", "1");
  private static final Set<String> FALSE = Set.of("false", "f", "off", "no", "0");

  /**
   * One call; each argument is a constant or a parameter.
   *
   * @param always whether it is local, if it says so by a keyword
   */
  record Call(Operand name, Operand value, Optional<Boolean> always, Operand local) {}

  /** Those of a statement; empty if there are others than can be followed. */
  static Optional<SettingCalls> of(Tree tree, int all) {
    if (all == 0) {
      return Optional.of(NONE);
    }
    List<Call> found = new ArrayList<>();
    if (tree instanceof Tree.Query query
        && query.ctes().isEmpty()
        && query.bare()
        && query.body() instanceof Tree.Core core
        && core.from().isEmpty()
        && core.where() == null
        && !core.grouping().present()
        && !core.distinct().present()) {
      for (Tree.Item item : core.items()) {
        call(item.expression()).ifPresent(found::add);
      }
    }
    return found.size() == all
        ? Optional.of(new SettingCalls(List.copyOf(found)))
        : Optional.empty();
  }

  private static Optional<Call> call(Expr expression) {
    if (!(expression instanceof Expr.Call call)
        || !call.name().getLast().equals(FUNCTION)
        || call.arguments().size() != 3) {
      return Optional.empty();
    }
    Optional<Operand> name = Operands.of(call.arguments().get(0), KeyType.TEXT);
    Optional<Operand> value = Operands.of(call.arguments().get(1), KeyType.TEXT);
    Expr third = call.arguments().get(2);
    Optional<Boolean> always =
        third instanceof Expr.Truth(boolean truth) ? Optional.of(truth) : Optional.empty();
    Optional<Operand> local =
        always.isPresent() ? Optional.of(new Operand.Nothing()) : Operands.of(third, KeyType.TEXT);
    return name.isPresent() && value.isPresent() && local.isPresent()
        ? Optional.of(new Call(name.get(), value.get(), always, local.get()))
        : Optional.empty();
  }

  /** The settings that they make; empty if not all can be read. */
  Optional<List<FunctionSetting>> read(KeyReader reader) {
    List<FunctionSetting> settings = new ArrayList<>(calls.size());
    for (Call call : calls) {
      Optional<String> name = text(call.name(), reader);
      Optional<String> value = text(call.value(), reader);
      Optional<Boolean> local = call.always().or(() -> truth(call.local(), reader));
      if (name.isEmpty() || value.isEmpty() || local.isEmpty()) {
        return Optional.empty();
      }
      settings.add(new FunctionSetting(name.get(), value.get(), local.get()));
    }
    return Optional.of(settings);
  }

  private static Optional<Boolean> truth(Operand operand, KeyReader reader) {
    Optional<String> word = text(operand, reader);
    return word.filter(TRUE::contains)
        .map(yes -> true)
        .or(() -> word.filter(FALSE::contains).map(no -> false));
  }

  /** NULL, which sets the default, is not read. */
  private static Optional<String> text(Operand operand, KeyReader reader) {
    List<Key> keys = new ArrayList<>(1);
    boolean read = reader.read(operand, KeyType.TEXT, keys::add);
    return read && keys.size() == 1 ? Optional.of(keys.getFirst().text()) : Optional.empty();
  }
}

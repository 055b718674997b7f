package dev.terrace.sql.plan;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import dev.terrace.sql.plan.Lexed.LiteralKind;
import dev.terrace.sql.plan.Parameters.Parameter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Turns operands into keys, from a statement's constants and its bound parameters.
 *
 * <p>A value is either a key, or NULL (which is passed over: nothing equals NULL), or not to be
 * read; the last is told by {@code false}, after which the keys seen so far mean nothing.
 */
final class KeyReader {

  private final Constants constants;
  private final Parameters parameters;
  private final Set<Integer> retyped;

  KeyReader(Constants constants, Parameters parameters) {
    this(constants, parameters, Set.of());
  }

  private KeyReader(Constants constants, Parameters parameters, Set<Integer> retyped) {
    this.constants = constants;
    this.parameters = parameters;
    this.retyped = retyped;
  }

  /** A reader that knows of {@link RetypedParameters}. */
  KeyReader knowing(Set<Integer> retypedParameters) {
    return retypedParameters.isEmpty()
        ? this
        : new KeyReader(constants, parameters, retypedParameters);
  }

  /** Whether a parameter's bytes can be read without knowing of which type the server takes it. */
  private boolean isPlain(int number) {
    if (number > parameters.count()) {
      return false;
    }
    Parameter parameter = parameters.get(number);
    return !parameter.binary()
        || parameter.typeOid() != TypeOids.UNSPECIFIED
        || !retyped.contains(number);
  }

  /** The statement, of which there must be more than its constants. */
  Lexed lexed() {
    if (constants instanceof Lexed lexed) {
      return lexed;
    }
    throw new IllegalStateException("a decision that needs the text has not said so");
  }

  /** Gives the keys of an operand to a consumer. */
  boolean read(Operand operand, KeyType type, Consumer<Key> keys) {
    return switch (operand) {
      case Operand.Constant(int slot, boolean negative) ->
          constant(constants.firstLiteral(slot), negative, type, keys);
      case Operand.Constants(int slot) -> {
        boolean all = true;
        for (int i = constants.firstLiteral(slot); all && i < constants.endLiteral(slot); i++) {
          all = constant(i, false, type, keys);
        }
        yield all;
      }
      case Operand.ConstantArray(int slot) -> {
        Optional<String> text = Literals.value(constants, constants.firstLiteral(slot));
        yield text.isPresent() && ArrayText.read(text.get(), e -> text(e, type, keys));
      }
      case Operand.Bound(int number) ->
          isPlain(number) && parameter(parameters.get(number), type, keys);
      case Operand.BoundText(int number) ->
          isPlain(number) && parameter(asText(parameters.get(number)), type, keys);
      case Operand.BoundArray(int number) ->
          isPlain(number) && array(parameters.get(number), type, keys);
      case Operand.Whole(Operand inner) ->
          read(inner, KeyType.BIGINT, key -> keys.accept(KeyText.numeric(key)));
      case Operand.Truth(boolean value) -> {
        keys.accept(new Key.Truth(value));
        yield true;
      }
      case Operand.Nothing() -> true;
    };
  }

  /**
   * Gives the key that a row of operands makes, one for each column, to a consumer; none if one of
   * them is NULL.
   */
  boolean row(List<Operand> columns, Placement placement, Consumer<Key> keys) {
    if (columns.size() == 1) {
      return read(columns.getFirst(), placement.keyType(), keys);
    }
    List<Key> row = new ArrayList<>(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      if (!read(columns.get(i), placement.keyTypes().get(i), row::add)) {
        return false;
      }
    }
    if (row.size() == columns.size()) {
      keys.accept(new Key.Row(row));
    }
    return true;
  }

  private boolean constant(int literal, boolean negative, KeyType type, Consumer<Key> keys) {
    Optional<String> value = Literals.value(constants, literal);
    if (value.isEmpty()) {
      return false;
    }
    boolean number = constants.literalKind(literal) == LiteralKind.NUMBER;
    if (number && type != KeyType.BIGINT && type != KeyType.NUMERIC) {
      return false;
    }
    return text(negative ? "-" + value.get() : value.get(), type, keys);
  }

  private static boolean text(String text, KeyType type, Consumer<Key> keys) {
    Optional<Key> key = KeyText.key(text, type);
    key.ifPresent(keys);
    return key.isPresent();
  }

  private static boolean parameter(Parameter parameter, KeyType type, Consumer<Key> keys) {
    ByteBuffer value = parameter.value();
    if (value == null) {
      return true;
    }
    if (!TypeOids.fits(parameter.typeOid(), type)) {
      return false;
    }
    if (!parameter.binary()) {
      return text(StandardCharsets.UTF_8.decode(value.duplicate()).toString(), type, keys);
    }
    return binary(parameter.typeOid(), value.slice(), type, keys);
  }

  private static Parameter asText(Parameter parameter) {
    return parameter.typeOid() == TypeOids.UNSPECIFIED
        ? new Parameter(TypeOids.TEXT, parameter.binary(), parameter.value())
        : parameter;
  }

  private static boolean binary(int oid, ByteBuffer value, KeyType type, Consumer<Key> keys) {
    Optional<Key> key =
        TypeOids.isText(oid)
            ? KeyText.key(StandardCharsets.UTF_8.decode(value).toString(), type)
            : type == KeyType.NUMERIC && TypeOids.isWhole(oid)
                ? KeyBytes.key(value, KeyType.BIGINT).map(KeyText::numeric)
                : KeyBytes.key(value, type);
    key.ifPresent(keys);
    return key.isPresent();
  }

  private static boolean array(Parameter parameter, KeyType type, Consumer<Key> keys) {
    ByteBuffer value = parameter.value();
    if (value == null) {
      return true;
    }
    if (!TypeOids.arrayFits(parameter.typeOid(), type)) {
      return false;
    }
    if (!parameter.binary()) {
      String text = StandardCharsets.UTF_8.decode(value.duplicate()).toString();
      return ArrayText.read(text, e -> text(e, type, keys));
    }
    return KeyBytes.array(
        value.slice(), (oid, e) -> TypeOids.fits(oid, type) && binary(oid, e, type, keys));
  }
}

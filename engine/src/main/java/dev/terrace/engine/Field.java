package dev.terrace.engine;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A column's name with the value to write. */
public final class Field {

  private final String column;
  private final byte @Nullable [] value;

  private final OptionalLong added;

  private Field(String column, byte @Nullable [] value, OptionalLong added) {
    this.column = column;
    this.value = value;
    this.added = added;
  }

  /**
   * A field with a value as {@link Row} holds it, or null for NULL. The bytes are not copied: they
   * must not change any more.
   */
  public static Field of(String column, byte @Nullable [] value) {
    return new Field(column, value, OptionalLong.empty());
  }

  /** A field with a text value. */
  public static Field of(String column, String text) {
    return of(column, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A number that came of adding {@code added} to the field, where NULL counts as 0. */
  public static Field sum(String column, long value, long added) {
    byte[] text = Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    return new Field(column, text, OptionalLong.of(added));
  }

  /** A field that becomes NULL. */
  public static Field ofNull(String column) {
    return of(column, (byte[]) null);
  }

  /** The column's name. */
  public String column() {
    return column;
  }

  /** What was added to the field, if that is what the value came of. */
  public OptionalLong added() {
    return added;
  }

  /** The value's bytes, or null for NULL. */
  public byte @Nullable [] value() {
    return value;
  }
}

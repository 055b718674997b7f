package dev.terrace.engine;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A column's name with the value to write. */
public final class Field {

  private final String column;
  private final byte @Nullable [] value;

  private Field(String column, byte @Nullable [] value) {
    this.column = column;
    this.value = value;
  }

  /**
   * A field with a value as {@link Row} holds it, or null for NULL. The bytes are not copied: they
   * must not change any more.
   */
  public static Field of(String column, byte @Nullable [] value) {
    return new Field(column, value);
  }

  /** A field with a text value. */
  public static Field of(String column, String text) {
    return new Field(column, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A field that becomes NULL. */
  public static Field ofNull(String column) {
    return new Field(column, null);
  }

  /** The column's name. */
  public String column() {
    return column;
  }

  /** The value's bytes, or null for NULL. */
  public byte @Nullable [] value() {
    return value;
  }
}

package dev.terrace.sql.server;

import java.util.Arrays;

/** A statement as Parse sends it: the text and its parameters' types, without a name. */
public final class PreparedText {

  private final byte[] bytes;
  private final String encoding;
  private final int hash;

  /** The text, a zero byte, the types as Parse has them. */
  public PreparedText(byte[] bytes) {
    this(bytes, ClientEncoding.UTF8.name());
  }

  /** In another encoding than UTF8: the same bytes mean something else there. */
  public PreparedText(byte[] bytes, String encoding) {
    this.bytes = bytes;
    this.encoding = encoding;
    this.hash = Arrays.hashCode(bytes);
  }

  /** The name of its encoding. */
  public String encoding() {
    return encoding;
  }

  /** What follows the name in a Parse message; not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof PreparedText that
            && hash == that.hash
            && encoding.equals(that.encoding)
            && Arrays.equals(bytes, that.bytes));
  }

  @Override
  public int hashCode() {
    return hash;
  }
}

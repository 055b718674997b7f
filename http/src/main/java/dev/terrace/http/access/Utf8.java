package dev.terrace.http.access;

/** Reads single characters of UTF-8, strictly (RFC 3629, section 4). */
final class Utf8 {

  private Utf8() {}

  /** The length of the well-formed sequence that begins there with a byte above 0x7F, or 0. */
  static int length(byte[] bytes, int at, int end) {
    int lead = bytes[at] & 0xFF;
    int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || at + length > end) {
      return 0;
    }
    for (int i = at + 1; i < at + length; i++) {
      if ((bytes[i] & 0xC0) != 0x80) {
        return 0;
      }
    }
    int point = codePoint(bytes, at, length);
    boolean overlong = point < (length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80);
    boolean surrogate = point >= 0xD800 && point <= 0xDFFF;
    return overlong || surrogate || point > 0x10FFFF ? 0 : length;
  }

  /** The character that a well-formed sequence of that length, 2 to 4, stands for. */
  static int codePoint(byte[] bytes, int at, int length) {
    int point = bytes[at] & (length == 4 ? 0x07 : length == 3 ? 0x0F : 0x1F);
    for (int i = at + 1; i < at + length; i++) {
      point = point << 6 | (bytes[i] & 0x3F);
    }
    return point;
  }

  /**
   * Whether what shows the character may do something else than show it: the upper control
   * characters, ends of lines and paragraphs, and marks that turn the direction of text.
   */
  static boolean isHazard(int point) {
    return (point >= 0x80 && point < 0xA0)
        || (point >= 0x2028 && point <= 0x202E)
        || (point >= 0x2066 && point <= 0x2069);
  }
}

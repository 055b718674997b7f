package dev.terrace.config.shape;

import dev.terrace.config.Size;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as the file writes them: {@code 512}, {@code 64KB}, {@code 2GB}. */
final class Sizes {

  static final String EXPECTED = "a size such as 512, 64KB, 512MB or 2GB";
  static final String PATTERN = "[0-9]+(KB|MB|GB|TB)?";

  private static final long MAX = 1L << 50;
  private static final Pattern FORM = Pattern.compile("([0-9]{1,16})(KB|MB|GB|TB)?");

  /** Each unit is 1024 of the one before. */
  private static final List<String> UNITS = List.of("", "KB", "MB", "GB", "TB");

  private Sizes() {}

  static Size parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      boolean wrongCase = FORM.matcher(text.toUpperCase(Locale.ROOT)).matches();
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not "
              + EXPECTED
              + (wrongCase ? "; did you mean '" + text.toUpperCase(Locale.ROOT) + "'?" : ""));
    }
    String unit = form.group(2);
    int shift = unit == null ? 0 : 10 * UNITS.indexOf(unit);
    long count = Long.parseLong(form.group(1));
    if (count > MAX >> shift) {
      throw new IllegalArgumentException(
          "'" + text + "' is more than the largest size, " + format(new Size(MAX)));
    }
    return new Size(count << shift);
  }

  /** The shortest exact form. */
  static String format(Size size) {
    long count = size.bytes();
    int unit = 0;
    while (count != 0 && count % 1024 == 0 && unit < UNITS.size() - 1) {
      count /= 1024;
      unit++;
    }
    return count + UNITS.get(unit);
  }
}

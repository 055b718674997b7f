package dev.terrace.http.compress;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a client says that it can decode (RFC 9110, section 12.5.3). */
final class AcceptEncoding {

  private static final int UNLISTED = -1;
  private static final int MOST = 1000;

  private AcceptEncoding() {}

  /**
   * The coding that the client likes best, the first of ours where it likes several as much; null
   * for none. A client that says nothing gets none, though it would have to take any.
   */
  static @Nullable Coding best(@Nullable String header, List<Coding> ours) {
    if (header == null) {
      return null;
    }
    String[] elements = header.toLowerCase(Locale.ROOT).split(",", -1);
    int other = Math.max(0, quality(elements, "*"));
    Coding best = null;
    int most = Math.max(0, quality(elements, "identity") - 1);
    for (Coding coding : ours) {
      int listed = quality(elements, coding.token());
      int quality = listed == UNLISTED ? other : listed;
      if (quality > most) {
        most = quality;
        best = coding;
      }
    }
    return best;
  }

  /** In thousandths; what cannot be read counts as not wanted. */
  private static int quality(String[] elements, String coding) {
    for (String element : elements) {
      int end = element.indexOf(';');
      String name = (end < 0 ? element : element.substring(0, end)).strip();
      if (name.equals(coding) || (name.equals("x-gzip") && coding.equals("gzip"))) {
        return end < 0 ? MOST : weight(element.substring(end + 1).strip());
      }
    }
    return UNLISTED;
  }

  /** {@code q=0.8} (section 12.4.2). */
  private static int weight(String parameter) {
    if (!parameter.matches("q=(0(\\.[0-9]{0,3})?|1(\\.0{0,3})?)")) {
      return 0;
    }
    String digits = (parameter.substring(2).replace(".", "") + "000").substring(0, 4);
    return Integer.parseInt(digits);
  }
}

package dev.terrace.core.route;

/**
 * The form of a path that routes are matched on. Servers behind us may decode escapes, merge
 * slashes and resolve dot segments (RFC 3986, section 5.2.4) before they look at a path; were
 * routes matched on the raw text, {@code /public/%2e%2e/admin} would pass as public and be served
 * as admin. So matching sees the path as such a server would: escapes decoded once, {@code \} taken
 * for a slash, slashes merged, dot segments resolved. What is forwarded is never changed.
 *
 * <p>Escapes that are none ({@code %zz}) or hide a NUL stay as they are.
 */
public final class RoutePath {

  private RoutePath() {}

  /** The form to match on; the same object if the path is in that form already. */
  public static CharSequence forMatching(CharSequence path) {
    return isPlain(path) ? path : resolve(decode(path));
  }

  private static boolean isPlain(CharSequence path) {
    char before = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '%' || c == '\\' || (before == '/' && (c == '/' || c == '.'))) {
        return false;
      }
      before = c;
    }
    return true;
  }

  private static String decode(CharSequence path) {
    StringBuilder out = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '%' && i + 2 < path.length()) {
        int high = Character.digit(path.charAt(i + 1), 16);
        int low = Character.digit(path.charAt(i + 2), 16);
        if (high >= 0 && low >= 0 && high + low > 0) {
          c = (char) (high * 16 + low);
          i += 2;
        }
      }
      out.append(c == '\\' ? '/' : c);
    }
    return out.toString();
  }

  private static String resolve(String path) {
    StringBuilder out = new StringBuilder(path.length());
    int from = 0;
    while (from < path.length()) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 ? path.length() : slash;
      String segment = path.substring(from, to);
      if (segment.equals("..")) {
        out.setLength(Math.max(0, out.lastIndexOf("/", Math.max(0, out.length() - 2)) + 1));
      } else if (!segment.equals(".") && !segment.isEmpty()) {
        out.append(segment);
        if (slash >= 0) {
          out.append('/');
        }
      } else if (out.isEmpty() && slash >= 0) {
        out.append('/');
      }
      from = to + 1;
    }
    return out.isEmpty() ? "/" : out.toString();
  }
}

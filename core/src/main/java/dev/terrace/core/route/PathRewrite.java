package dev.terrace.core.route;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.MatchResult;
import org.jspecify.annotations.Nullable;

/**
 * The path that members see in place of the client's.
 *
 * <p>Examples: {@code /v2/*} for a route of {@code /api/*} makes {@code /v2/users/1} of {@code
 * /api/users/1}; {@code /user?} takes the place of the whole path; {@code /u/$1} for a route of the
 * expression {@code /user/(\d+)} makes {@code /u/7} of {@code /user/7}.
 *
 * <p>Routes match the {@linkplain RoutePath form of a path that a server would see}. What follows a
 * prefix is passed on as the client wrote it, escapes and all, where it means the same below the
 * new prefix as below the old; else, as with {@code /api/../api/x}, in that form.
 */
public final class PathRewrite {

  private static final String UNESCAPED = "!$&'()*+,-./:;=@_~";

  private final String template;
  private final @Nullable String prefix;
  private final @Nullable PathRegex regex;

  private PathRewrite(String template, @Nullable String prefix, @Nullable PathRegex regex) {
    this.template = template;
    this.prefix = prefix;
    this.regex = regex;
  }

  /**
   * A rewrite of the paths that a route takes.
   *
   * @param template the new path; {@code /*} at its end stands for what follows the prefix that the
   *     route matches, {@code $1} for a group of its expression
   * @param matched the path that the route matches
   * @param regex the expression that the route matches
   */
  public static PathRewrite of(
      String template, Optional<String> matched, Optional<PathRegex> regex) {
    boolean below = template.endsWith("/*") && matched.filter(p -> p.endsWith("/*")).isPresent();
    return new PathRewrite(
        below ? template.substring(0, template.length() - 1) : template,
        below ? matched.map(p -> p.substring(0, p.length() - 1)).orElse(null) : null,
        regex.orElse(null));
  }

  /**
   * The new path of a request that the route takes.
   *
   * @param path the path as the client wrote it
   * @param form its {@link RoutePath#forMatching} form, which the route matched
   */
  public String apply(CharSequence path, CharSequence form) {
    if (prefix != null) {
      return form.length() < prefix.length() ? template : template + rest(path, form, prefix);
    }
    MatchResult match = regex == null ? null : regex.match(form);
    return match == null ? template : filled(match);
  }

  private static String rest(CharSequence path, CharSequence form, String prefix) {
    String formRest = form.subSequence(prefix.length(), form.length()).toString();
    String written = path.toString();
    if (written.startsWith(prefix)) {
      String rest = written.substring(prefix.length());
      if (RoutePath.forMatching("/" + rest).toString().equals("/" + formRest)) {
        return rest;
      }
    }
    return escaped(formRest);
  }

  private String filled(MatchResult match) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < template.length(); i++) {
      char c = template.charAt(i);
      int group = c == '$' && i + 1 < template.length() ? template.charAt(i + 1) - '0' : -1;
      if (group >= 0 && group <= 9) {
        String text = group <= match.groupCount() ? match.group(group) : null;
        out.append(text == null ? "" : escaped(text));
        i++;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** A decoded text as it may stand in a path (RFC 3986, section 3.3). */
  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
      char c = (char) (b & 0xFF);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || UNESCAPED.indexOf(c) >= 0;
      if (plain) {
        out.append(c);
      } else {
        out.append('%')
            .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
            .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      }
    }
    return out.toString();
  }
}

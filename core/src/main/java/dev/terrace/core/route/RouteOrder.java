package dev.terrace.core.route;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * The order in which routes are tried.
 *
 * <p>By specificity the conditions are compared one after the other; the first that differs
 * decides, and what then is as specific stays in file order:
 *
 * <ol>
 *   <li>the host: a name, then {@code *.name} with the longer before the shorter, then any
 *   <li>the path: a whole one, then {@code /prefix/*} with the longer before the shorter, then any
 *   <li>an expression over the path, then none
 *   <li>a method, then any
 *   <li>more headers before fewer, then more parameters of the query, then more cookies
 *   <li>networks of the client, those whose widest is narrower first, then any
 * </ol>
 *
 * <p>As far as they go these are the rules of the Kubernetes Gateway API ({@code HTTPRouteRule},
 * {@code HTTPRouteSpec}), which leaves expressions to implementations and knows no cookies and
 * networks. An expression comes after every prefix because nothing tells how much it takes; beside
 * {@code path: /api/*} in the same rule it comes before that prefix alone.
 *
 * <p>Each step compares one number of each rule, so that the order is total and transitive whatever
 * the rules are. A rule never comes after one that takes all it could take, unless an expression
 * alone makes it the narrower.
 */
public enum RouteOrder {

  /** As the file has them. */
  FILE,

  /** The most specific first. */
  SPECIFIC;

  /** More specific than any number of characters. */
  private static final int EXACT = Integer.MAX_VALUE;

  private static final Comparator<RouteRule> MOST_SPECIFIC_FIRST =
      Comparator.comparingInt(RouteOrder::host)
          .thenComparingInt(RouteOrder::path)
          .thenComparingInt(rule -> rule.pathRegex().isPresent() ? 1 : 0)
          .thenComparingInt(rule -> rule.method().isPresent() ? 1 : 0)
          .thenComparingInt(rule -> rule.headers().size())
          .thenComparingInt(rule -> rule.queries().size())
          .thenComparingInt(rule -> rule.cookies().size())
          .thenComparingInt(RouteOrder::clients)
          .reversed();

  /** The routes, given in file order, as they are tried. */
  <T> List<T> sort(List<T> routes, Function<T, RouteRule> rule) {
    return switch (this) {
      case FILE -> List.copyOf(routes);
      // The sort is stable: ties stay in file order.
      case SPECIFIC ->
          routes.stream().sorted(Comparator.comparing(rule, MOST_SPECIFIC_FIRST)).toList();
    };
  }

  private static int host(RouteRule rule) {
    return rule.host().map(host -> host.startsWith("*.") ? host.length() : EXACT).orElse(0);
  }

  private static int path(RouteRule rule) {
    return rule.path().map(path -> path.endsWith("/*") ? path.length() : EXACT).orElse(0);
  }

  /** The bits that all clients have in common, in IPv6's count for IPv4 too; and 1 for the rule. */
  private static int clients(RouteRule rule) {
    return rule.clients().stream()
        .mapToInt(network -> 1 + network.prefix() + (network.version6() ? 0 : 128 - 32))
        .min()
        .orElse(0);
  }
}

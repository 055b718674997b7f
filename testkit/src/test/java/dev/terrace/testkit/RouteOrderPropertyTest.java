package dev.terrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.route.Network;
import dev.terrace.core.route.PathRegex;
import dev.terrace.core.route.RouteOrder;
import dev.terrace.core.route.RouteRule;
import dev.terrace.core.route.RouteTable;
import dev.terrace.core.route.RouteTable.Matched;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What holds for the order by specificity whatever the routes are. */
class RouteOrderPropertyTest {

  private static final List<String> HOSTS = List.of("a.b.example", "*.b.example", "*.example");
  private static final List<String> PATHS = List.of("/a/b", "/a/b/*", "/a/*");
  private static final List<String> NETWORKS = List.of("10.1.2.3", "10.1.0.0/16", "10.0.0.0/8");
  private static final List<String> NAMES = List.of("x", "y", "z");

  private static <T> Optional<T> maybe(Seeded random, List<T> choices) {
    return random.nextBoolean() ? Optional.empty() : Optional.of(random.pick(choices));
  }

  private static Map<String, String> values(Seeded random) {
    Map<String, String> values = new HashMap<>();
    NAMES.stream().filter(_ -> random.nextInt(3) == 0).forEach(name -> values.put(name, "1"));
    return values;
  }

  private static RouteRule rule(Seeded random) {
    return new RouteRule(
        maybe(random, HOSTS),
        maybe(random, PATHS),
        maybe(random, List.of(PathRegex.of("/a.*"))),
        maybe(random, List.of("GET", "POST")),
        values(random),
        values(random),
        values(random),
        maybe(random, NETWORKS).stream().map(Network::parse).toList());
  }

  private static List<Matched<String>> tried(List<RouteRule> file) {
    RouteTable.Builder<String> table = new RouteTable.Builder<>();
    file.forEach(rule -> table.add(rule, ""));
    return table.build(RouteOrder.SPECIFIC).routes();
  }

  /** Whether the first is tried before the other though it was written behind. */
  private static boolean goesBefore(RouteRule first, RouteRule other) {
    return tried(List.of(other, first)).getFirst().index() == 1;
  }

  @Test
  void theOrderIsTotalAndTransitive() {
    Seeded.rounds(
        1,
        5_000,
        random -> {
          RouteRule a = rule(random);
          RouteRule b = rule(random);
          RouteRule c = rule(random);
          assertThat(goesBefore(a, b) && goesBefore(b, a)).as("%s, %s", a, b).isFalse();
          if (goesBefore(a, b) && goesBefore(b, c)) {
            assertThat(goesBefore(a, c)).as("%s, %s, %s", a, b, c).isTrue();
          }
          boolean tie = !goesBefore(a, b) && !goesBefore(b, a);
          if (tie) {
            assertThat(goesBefore(a, c)).as("%s, %s, %s", a, b, c).isEqualTo(goesBefore(b, c));
          }
        });
  }

  @Test
  void ofAnyTwoTheOrderIsTheSameAmongOthersAndTiesStayInFileOrder() {
    Seeded.rounds(
        2,
        300,
        random -> {
          List<RouteRule> file = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            file.add(rule(random));
          }
          List<Matched<String>> tried = tried(file);
          assertThat(tried.stream().map(Matched::rule)).containsExactlyInAnyOrderElementsOf(file);
          for (int i = 0; i < tried.size(); i++) {
            Matched<String> first = tried.get(i);
            for (Matched<String> then : tried.subList(i + 1, tried.size())) {
              assertThat(goesBefore(then.rule(), first.rule())).isFalse();
              if (!goesBefore(first.rule(), then.rule())) {
                assertThat(first.index()).isLessThan(then.index());
              }
            }
          }
        });
  }

  /** The rule with one more condition, or with one that it has made narrower. */
  private static RouteRule narrowed(Seeded random, RouteRule rule) {
    List<RouteRule> ways = new ArrayList<>();
    narrower(HOSTS, rule.host())
        .forEach(host -> ways.add(with(rule, Optional.of(host), rule.path(), rule.clients())));
    narrower(PATHS, rule.path())
        .forEach(path -> ways.add(with(rule, rule.host(), Optional.of(path), rule.clients())));
    narrower(NETWORKS, rule.clients().stream().map(Network::toString).findFirst())
        .forEach(network ->
            ways.add(with(rule, rule.host(), rule.path(), List.of(Network.parse(network)))));
    ways.add(with(rule, more(rule.headers()), rule.cookies(), rule.queries()));
    ways.add(with(rule, rule.headers(), more(rule.cookies()), rule.queries()));
    ways.add(with(rule, rule.headers(), rule.cookies(), more(rule.queries())));
    if (rule.method().isEmpty()) {
      ways.add(and(rule, Optional.of("GET"), rule.pathRegex()));
    }
    if (rule.pathRegex().isEmpty()) {
      ways.add(and(rule, rule.method(), Optional.of(PathRegex.of("/a.*"))));
    }
    return random.pick(ways);
  }

  /** Those before it in a list in which each takes less than the next; all of them for none. */
  private static List<String> narrower(List<String> widening, Optional<String> given) {
    return widening.subList(0, given.map(widening::indexOf).orElse(widening.size()));
  }

  private static Map<String, String> more(Map<String, String> values) {
    Map<String, String> more = new HashMap<>(values);
    more.put("more", "1");
    return more;
  }

  private static RouteRule with(
      RouteRule rule, Optional<String> host, Optional<String> path, List<Network> clients) {
    return new RouteRule(
        host,
        path,
        rule.pathRegex(),
        rule.method(),
        rule.headers(),
        rule.cookies(),
        rule.queries(),
        clients);
  }

  private static RouteRule with(
      RouteRule rule,
      Map<String, String> headers,
      Map<String, String> cookies,
      Map<String, String> queries) {
    return new RouteRule(
        rule.host(),
        rule.path(),
        rule.pathRegex(),
        rule.method(),
        headers,
        cookies,
        queries,
        rule.clients());
  }

  private static RouteRule and(
      RouteRule rule, Optional<String> method, Optional<PathRegex> pathRegex) {
    return new RouteRule(
        rule.host(),
        rule.path(),
        pathRegex,
        method,
        rule.headers(),
        rule.cookies(),
        rule.queries(),
        rule.clients());
  }

  @Test
  void oneMoreConditionPutsARouteBeforeTheOneWithoutIt() {
    Seeded.rounds(
        3,
        5_000,
        random -> {
          RouteRule wide = rule(random);
          RouteRule narrow = narrowed(random, wide);
          assertThat(goesBefore(narrow, wide)).as("%s before %s", narrow, wide).isTrue();
          for (int more = random.nextInt(3); more > 0; more--) {
            narrow = narrowed(random, narrow);
          }
          assertThat(goesBefore(narrow, wide)).as("%s before %s", narrow, wide).isTrue();
        });
  }
}

package dev.terrace.http;

import dev.terrace.config.RouteConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.route.RouteOrder;
import dev.terrace.core.route.RouteTable;
import dev.terrace.core.route.RouteTable.Matched;
import dev.terrace.core.signal.Explanation;
import dev.terrace.core.signal.Explanation.Step;
import dev.terrace.http.exchange.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What would become of an HTTP request, decided by the code that serves, without sending it. */
public final class HttpExplain {

  private static final String TIER = "http";

  private HttpExplain() {}

  /**
   * The decisions that the request would meet.
   *
   * @param url a path, or a URL whose host stands for the Host header
   * @param clientAddress the client's IP address, which some policies hash
   */
  public static Explanation explain(
      TerraceConfig file,
      Pools pools,
      String method,
      String url,
      Map<String, String> headers,
      String clientAddress) {
    DescribedRequest request = DescribedRequest.of(method, url, headers, clientAddress);
    List<Step> steps = new ArrayList<>();
    RouteTable.Builder<RouteConfig> table = new RouteTable.Builder<>();
    file.http().routes().forEach(route -> table.add(route.match().rule(), route));
    RouteOrder order = file.http().order();
    for (Matched<RouteConfig> route : table.build(order).routes()) {
      String name = "route " + (route.index() + 1) + " (" + route.rule().label() + ")";
      Optional<String> mismatch = route.rule().mismatch(request);
      if (mismatch.isPresent()) {
        steps.add(new Step(TIER, "route", "not " + name, mismatch.get()));
      } else {
        String which =
            switch (order) {
              case FILE -> "the first";
              case SPECIFIC -> "the most specific";
            };
        steps.add(new Step(TIER, "route", name, which + " that matches " + request.path()));
        new RouteExplain(route.target(), pools, request, clientAddress, steps).explain();
        return new Explanation(steps);
      }
    }
    steps.add(RouteExplain.answer(Reason.NO_ROUTE));
    return new Explanation(steps);
  }
}

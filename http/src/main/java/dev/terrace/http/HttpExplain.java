package dev.terrace.http;

import dev.terrace.config.RouteConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.route.RouteRule;
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
    List<RouteConfig> routes = file.http().routes();
    for (int i = 0; i < routes.size(); i++) {
      RouteConfig route = routes.get(i);
      RouteRule rule = HttpFront.rule(route);
      String name = "route " + (i + 1) + " (" + rule.label() + ")";
      Optional<String> mismatch = rule.mismatch(request);
      if (mismatch.isPresent()) {
        steps.add(new Step(TIER, "route", "not " + name, mismatch.get()));
      } else {
        steps.add(new Step(TIER, "route", name, "the first that matches " + request.path()));
        new RouteExplain(route, pools, request, clientAddress, steps).explain();
        return new Explanation(steps);
      }
    }
    steps.add(RouteExplain.answer(Reason.NO_ROUTE));
    return new Explanation(steps);
  }
}

package dev.terrace.console;

import dev.terrace.core.pool.Load;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Visitors of a shop, as the tiers' counters would tell of them; seeded, one step at a time. */
final class Traffic {

  private final RunningShop shop;
  private final Random random;
  private final List<Load> busy = new ArrayList<>();

  Traffic(RunningShop shop, long seed) {
    this.shop = shop;
    this.random = new Random(seed);
  }

  /** This many requests go through all tiers. */
  void step(int requests) {
    busy.forEach(Load::end);
    busy.clear();
    Signals signals = shop.signals;
    for (int i = 0; i < requests; i++) {
      if (random.nextInt(6) == 0) {
        signals.counter(Metric.DNS_QUERIES, "NOERROR").increment();
      }
      boolean served = work("app");
      int dice = random.nextInt(100);
      String status = !served || dice == 0 ? "5xx" : dice < 4 ? "4xx" : dice < 9 ? "3xx" : "2xx";
      String route = random.nextInt(3) == 0 ? "/*" : "/products/*";
      signals.counter(Metric.HTTP_REQUESTS, route, "app", status).increment();
      signals.histogram(Metric.HTTP_SECONDS, route).recordNanos(nanos(4e6));
      cache(random.nextInt(3) == 0 ? "cart" : "product");
      if (random.nextInt(3) == 0) {
        String shard = Integer.toString(random.nextInt(2));
        boolean read = random.nextInt(5) > 0;
        work("shop/" + shard + (read ? "/replicas" : "/primary"));
        String role = read ? "replica" : "primary";
        signals.counter(Metric.SQL_STATEMENTS, "shop", shard, role).increment();
        signals
            .histogram(Metric.SQL_SECONDS, "shop", "0", "127.0.0.1:5501")
            .recordNanos(nanos(9e5));
      }
    }
  }

  private long nanos(double mean) {
    return (long) (mean * Math.abs(0.3 + random.nextGaussian() * random.nextDouble()));
  }

  private void cache(String collection) {
    boolean hit = random.nextInt(100) < (collection.equals("cart") ? 71 : 94);
    shop.signals.counter(Metric.KV_COMMANDS, "HGETALL", "ok").increment();
    shop.signals.counter(Metric.KV_CACHE, collection, hit ? "hit" : "miss").increment();
  }

  private boolean work(String pool) {
    List<PoolMember> available = shop.pools().get(pool).snapshot().available();
    if (available.isEmpty()) {
      return false;
    }
    Load load = available.get(random.nextInt(available.size())).load();
    load.begin();
    if (random.nextInt(12) == 0) {
      busy.add(load);
    } else {
      load.end();
    }
    return true;
  }
}

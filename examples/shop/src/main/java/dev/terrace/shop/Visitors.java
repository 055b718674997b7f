package dev.terrace.shop;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A steady crowd of visitors with a Zipf taste: a few products and users are wanted most of the
 * time. They arrive at their rate however slow the answers are (an open load), and never give up.
 */
public final class Visitors {

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "url", "http://127.0.0.1:8080",
          "host", "shop.example",
          "rate", "200",
          "products", "10000",
          "users", "20000",
          "seed", "1",
          "seconds", "0");
  private static final int MOST_AT_ONCE = 2_000;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final LongAdder ok = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final Semaphore room = new Semaphore(MOST_AT_ONCE);
  private final String url;
  private final String host;
  private final Zipf products;
  private final Zipf users;
  private final HttpClient client;

  private Visitors(Options options) throws Options.Wrong {
    this.url = options.text("url");
    this.host = options.text("host");
    this.products = new Zipf(options.number("products", 1, 10_000_000));
    this.users = new Zipf(options.number("users", 1, 10_000_000));
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /** Visits until it is stopped, or for {@code --seconds}; prints a line per second. */
  public static void main(String... arguments) {
    // The client otherwise refuses to say another host than it connects to.
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    try {
      Options options = Options.parse(DEFAULTS, System.getenv(), arguments);
      int rate = options.number("rate", 1, 100_000);
      int seconds = options.number("seconds", 0, Integer.MAX_VALUE);
      long seed = options.number("seed", 0, Integer.MAX_VALUE);
      URI.create(options.text("url"));
      new Visitors(options).visit(rate, seconds == 0 ? Integer.MAX_VALUE : seconds, seed);
    } catch (Options.Wrong | IllegalArgumentException e) {
      System.err.println("visitors: " + e.getMessage());
      System.exit(2);
    }
  }

  private void visit(int rate, int seconds, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    long start = System.nanoTime();
    for (int second = 0; second < seconds; second++) {
      for (int i = 0; i < rate; i++) {
        long due = start + second * 1_000_000_000L + i * 1_000_000_000L / rate;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        HttpRequest request = request(random);
        if (room.tryAcquire()) {
          Thread.ofVirtual().start(() -> send(request));
        } else {
          failed.increment(); // nobody would wait behind so many
        }
      }
      report();
    }
  }

  private void report() {
    long good = ok.sumThenReset();
    long bad = failed.sumThenReset();
    double mean = nanos.sumThenReset() / 1e6 / Math.max(1, good);
    System.out.printf(Locale.ROOT, "%5d ok  %5d failed  %7.1f ms mean%n", good, bad, mean);
  }

  private void send(HttpRequest request) {
    long start = System.nanoTime();
    try {
      int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      if (status < 400) {
        ok.increment();
        nanos.add(System.nanoTime() - start);
      } else {
        failed.increment();
      }
    } catch (IOException e) {
      failed.increment();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      room.release();
    }
  }

  /** Of 100 visits 60 look at a product, 8 at the start page, 2 buy; the rest are of one user. */
  private HttpRequest request(RandomGenerator random) {
    int kind = random.nextInt(100);
    int user = users.next(random);
    int product = products.next(random);
    if (kind < 60) {
      return get("/products/" + product);
    } else if (kind < 68) {
      return get("/");
    } else if (kind < 76) {
      return get("/static/shop.css");
    } else if (kind < 83) {
      return get("/users/" + user);
    } else if (kind < 91) {
      return get("/users/" + user + "/orders");
    } else if (kind < 95) {
      return get("/cart/" + user);
    } else if (kind < 98) {
      return post("/cart/" + user, product);
    }
    return post("/users/" + user + "/orders", product);
  }

  private HttpRequest get(String path) {
    return to(path).GET().build();
  }

  private HttpRequest post(String path, int product) {
    return to(path)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString("product=" + product + "&quantity=1"))
        .build();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE).header("Host", host);
  }

  /**
   * Ranks from 1 to n, rank k about 1/k as often as rank 1 (the Zipf distribution with exponent 1):
   * the inverse of its continuous form, where n^u for uniform u lies below k with probability
   * log(k)/log(n).
   */
  record Zipf(int n) {
    int next(RandomGenerator random) {
      return (int) Math.min(n, Math.pow(n + 1.0, random.nextDouble()));
    }
  }
}

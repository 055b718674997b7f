package dev.terrace.app.demo;

import dev.terrace.app.server.Terrace;
import dev.terrace.config.Loaded;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.ShardConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.sandbox.shop.ShopData;
import dev.terrace.sandbox.shop.ShopLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole path on this machine, from the file {@code examples/shop/terrace.yaml}: PostgreSQL
 * shards and replicas, the shop's processes, and Terrace in front. What it starts dies with it.
 */
public final class Demo implements AutoCloseable {

  /** Long enough to see on the console that something is gone. */
  private static final Duration RESTART_PAUSE = Duration.ofSeconds(10);

  private static final String STORE = "shop";
  private static final String SHOP_POOL = "app";

  private final Path home;
  private final Path path;
  private final PrintWriter out;
  private final Supervisor supervisor;
  private final List<ShopProcess> shops = new ArrayList<>();
  private @Nullable PostgresCluster postgres;
  private @Nullable Terrace terrace;
  private @Nullable VisitorsProcess visitors;

  /**
   * A demo that is not started yet.
   *
   * @param home the folder that holds {@code examples}
   * @param path the file to serve
   */
  public Demo(Path home, Path path, PrintWriter out) {
    this.home = home;
    this.path = path;
    this.out = out;
    this.supervisor = new Supervisor(out, RESTART_PAUSE);
  }

  /** Starts everything, step by step, and says what to try. */
  public void start() throws Exception {
    TerraceConfig file = read();
    Ports.requireFree(addresses(file));
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::close));
    out.println("Starting what " + shown() + " speaks of:");
    Steps steps = new Steps(out, 4);
    StoreConfig store = file.databases().get(STORE);
    if (store == null) {
      throw new IOException(path + " has no store '" + STORE + "', which the demo needs");
    }
    PostgresCluster cluster =
        steps.run(
            "PostgreSQL 18: " + store.shards().size() + " shards, each with a streaming replica",
            () -> PostgresCluster.start(spec(store)));
    postgres = cluster;
    steps.run("data: 10,000 products, 20,000 users, 100,000 orders", () -> fill(cluster, file));
    steps.run("the shop: a process for each member of pool app", () -> startShops(file));
    terrace =
        steps.run(
            "Terrace: dns, http, kv, sql, console",
            () -> {
              Terrace started = Terrace.start(file, path);
              started.awaitReady();
              return started;
            });
    supervise(cluster);
    WhatToTry.print(out, file);
  }

  private Path shown() {
    Path here = Path.of("").toAbsolutePath();
    Path absolute = path.toAbsolutePath();
    return absolute.startsWith(here) ? here.relativize(absolute) : absolute;
  }

  private TerraceConfig read() throws IOException {
    return switch (ConfigFile.load(path, System.getenv())) {
      case Loaded.Ok ok -> ok.config();
      case Loaded.Broken broken ->
          throw new IOException(
              "the demo's file is broken:\n  "
                  + String.join("\n  ", broken.problems().stream().map(Object::toString).toList()));
    };
  }

  private static List<Address> addresses(TerraceConfig file) {
    List<Address> all = new ArrayList<>();
    all.addAll(file.listen().dns());
    all.addAll(file.listen().http());
    all.addAll(file.listen().https());
    all.addAll(file.listen().sql());
    all.addAll(file.listen().kv());
    all.addAll(file.listen().admin());
    members(file).forEach(m -> all.add(m.address()));
    for (StoreConfig store : file.databases().values()) {
      for (ShardConfig shard : store.shards()) {
        all.add(shard.primary());
        all.addAll(shard.replicas());
      }
    }
    return all;
  }

  private static List<Member> members(TerraceConfig file) {
    var pool = file.pools().get(SHOP_POOL);
    return pool == null ? List.of() : pool.members();
  }

  private static PostgresSpec spec(StoreConfig store) {
    List<Integer> ports = new ArrayList<>();
    for (ShardConfig shard : store.shards()) {
      ports.add(shard.primary().port());
      shard.replicas().forEach(replica -> ports.add(replica.port()));
    }
    String password = store.password().map(p -> p.value()).orElse(store.login());
    return PostgresSpec.of(store.shards().size(), store.shards().getFirst().replicas().size())
        .withPorts(ports)
        .withLogin(store.login(), password, store.database())
        .withoutExitHook();
  }

  private static boolean fill(PostgresCluster cluster, TerraceConfig file) {
    ShopLoader.load(cluster, ShopData.full(), new FilePlacing(file));
    return true;
  }

  private boolean startShops(TerraceConfig file) {
    for (Member member : members(file)) {
      shops.add(ShopProcess.start(home, member.address(), file));
    }
    shops.forEach(ShopProcess::awaitHealthy);
    return true;
  }

  private void supervise(PostgresCluster cluster) {
    for (ShopProcess shop : shops) {
      supervisor.add(shop.name(), shop::alive, shop::restart);
    }
    for (PostgresServer server : cluster.servers()) {
      supervisor.add(server.name() + " " + server.address(), server::alive, server::start);
    }
    supervisor.start();
  }

  /** Adds visitors: that many requests a second, with a Zipf taste. */
  public void load(int rate) {
    visitors = VisitorsProcess.start(home, rate);
    out.println("visitors: " + rate + " requests a second; their log is " + visitors.log());
    out.flush();
  }

  /** Waits until the process is told to stop. */
  public void awaitStop() throws InterruptedException {
    Terrace running = terrace;
    if (running != null) {
      running.awaitStop();
    }
  }

  /** Stops everything, what was started last first. */
  @Override
  public synchronized void close() {
    if (postgres != null) {
      out.println("Stopping");
      out.flush();
    }
    supervisor.close();
    if (visitors != null) {
      visitors.close();
      visitors = null;
    }
    if (terrace != null) {
      terrace.close();
      terrace = null;
    }
    shops.forEach(ShopProcess::close);
    shops.clear();
    if (postgres != null) {
      postgres.close();
      postgres = null;
    }
  }
}

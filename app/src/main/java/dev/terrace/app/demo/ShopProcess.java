package dev.terrace.app.demo;

import dev.terrace.config.TerraceConfig;
import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import dev.terrace.net.health.HttpCheck;
import dev.terrace.net.health.HttpProbe;
import dev.terrace.net.health.ProbeLoop;
import dev.terrace.sandbox.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One process of the shop, a member of pool app. */
final class ShopProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Address address;
  private final ChildProcess.Spec spec;
  private volatile ChildProcess process;

  private ShopProcess(Address address, ChildProcess.Spec spec) {
    this.address = address;
    this.spec = spec;
    this.process = ChildProcess.start(spec);
  }

  static ShopProcess start(Path home, Address address, TerraceConfig file) {
    String sql = file.listen().sql().getFirst().toString();
    String kv = file.listen().kv().getFirst().toString();
    List<String> command =
        ShopLibrary.command(
            home,
            "dev.terrace.shop.Shop",
            List.of("--port", Integer.toString(address.port()), "--sql", sql, "--kv", kv));
    String name = "shop-" + address.port();
    try {
      Path log = ShopLibrary.logs(home).resolve(name + ".log");
      return new ShopProcess(address, new ChildProcess.Spec(name, command, log));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return "shop process " + address;
  }

  boolean alive() {
    return process.alive();
  }

  void restart() {
    process = ChildProcess.start(spec);
  }

  /** Waits until it answers its health check. */
  void awaitHealthy() {
    try (ProbeLoop loop = new ProbeLoop()) {
      process.waitUntil("answering /healthz", PATIENCE, () -> healthy(loop));
    }
  }

  private boolean healthy(ProbeLoop loop) {
    try {
      Member self = new Member(address, 1, "");
      return new HttpProbe(loop, HttpCheck.of("/healthz")).probe(self, Duration.ofSeconds(1))
          instanceof ProbeResult.Passed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    process.close();
  }
}

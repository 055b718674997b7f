package dev.terrace.config;

import java.time.Duration;
import java.util.Optional;

/** Threads, transport and limits of the whole process. */
public record RuntimeConfig(
    @Doc("Event loops; 0 for one per core.") @Default("0") int loops,
    @Doc(
            "How sockets are served; auto is epoll where the kernel has it, else nio. "
                + "io-uring takes less CPU time with many clients and more with few; "
                + "it cannot hand its ports over.")
        @Default("auto")
        TransportChoice transport,
    @Doc("How long a stop waits for work in hand before it closes what is left.") @Default("10s")
        Duration drainTimeout,
    @Doc("Client connections per front; one more is closed at once.") @Default("10000")
        int maxConnections,
    @Doc(
            "Clients that the kernel lets wait for each event loop of a listener; it takes no more"
                + " than net.core.somaxconn.")
        @Default("4096")
        int backlog,
    @Doc("Health checks that run at once; a quarter of them is for members that are slow.")
        @Default("256")
        int maxHealthChecks,
    @Doc("The zone that this process stands in, as members' zones are called.")
        Optional<String> zone) {

  public RuntimeConfig {
    Check.range("loops", loops, 0, 1024);
    Check.positive("max-connections", maxConnections);
    Check.range("backlog", backlog, 1, 1 << 20);
    Check.range("max-health-checks", maxHealthChecks, 2, 10_000);
  }

  /** How sockets are served. */
  public enum TransportChoice {
    AUTO,
    IO_URING,
    EPOLL,
    NIO
  }
}

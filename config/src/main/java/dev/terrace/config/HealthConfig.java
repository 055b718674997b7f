package dev.terrace.config;

import dev.terrace.core.health.StatusRanges;
import java.time.Duration;
import java.util.Optional;

/**
 * How a pool's members are checked: by an HTTP request if a path is given, by gRPC's health
 * protocol if a service is, else by connecting.
 */
public record HealthConfig(
    @Doc("The path to GET. Without it a TCP connection passes.") Optional<String> http,
    @Doc(
            "The service that must be SERVING by gRPC's health protocol; \"\" for the member as a whole."
                + " For pools with protocol: http2.")
        Optional<String> grpc,
    @Doc("The Host header of the GET; the member's own address if left out.") Optional<String> host,
    @Doc("The statuses that pass, as in 200-299,304.") @Default("200-399") StatusRanges status,
    @Doc("A text that the answer's body must hold.") Optional<String> body,
    @Doc("The time from one check to the next.") @Default("2s") Duration every,
    @Doc("How much earlier or later a check may come, so that checks spread.") @Default("10%")
        Percent jitter,
    @Doc("How long one check may take.") @Default("1s") Duration timeout,
    @Doc("Passes in a row until a member that is down comes up.") @Default("2") int rise,
    @Doc("Failures in a row until a member that is up goes down.") @Default("3") int fall) {

  public HealthConfig {
    Check.positive("every", every);
    Check.positive("timeout", timeout);
    Check.positive("rise", rise);
    Check.positive("fall", fall);
    if (http.isPresent() && !http.get().startsWith("/")) {
      throw new IllegalArgumentException("http must be a path that starts with /");
    }
    if (http.isEmpty() && body.isPresent()) {
      throw new IllegalArgumentException("body is for checks by http");
    }
    if (http.isPresent() && grpc.isPresent()) {
      throw new IllegalArgumentException("members are checked by http or by grpc");
    }
    boolean byTcp = http.isEmpty() && grpc.isEmpty();
    if (host.isPresent() && (byTcp || !host.get().matches("[!-~]+"))) {
      throw new IllegalArgumentException(
          "host must be a host name, and is for checks by http or grpc");
    }
  }
}

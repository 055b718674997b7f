package dev.terrace.net.health;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checks by gRPC's health protocol of gRPC's own server. */
class GrpcProbeTest {

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private static final String LONG =
      "a.package.whose.name.takes.more.than.one.hundred.and.twenty.seven.bytes.so.that.its.length.has.two"
          + ".bytes.of.its.own.and.still.is.a.name.of.a.Service";

  private final ProbeLoop loop = new ProbeLoop();
  private Optional<Server> server = Optional.empty();

  @AfterEach
  void stop() {
    loop.close();
    server.ifPresent(Server::shutdownNow);
  }

  private Member serve(String service) throws IOException {
    MethodDescriptor<byte[], byte[]> check =
        MethodDescriptor.newBuilder(BYTES, BYTES)
            .setType(MethodType.UNARY)
            .setFullMethodName(service + "/Check")
            .build();
    Server started =
        NettyServerBuilder.forPort(0)
            .addService(
                ServerServiceDefinition.builder(service)
                    .addMethod(check, ServerCalls.asyncUnaryCall(GrpcProbeTest::answer))
                    .build())
            .build()
            .start();
    server = Optional.of(started);
    return Member.of("127.0.0.1:" + started.getPort());
  }

  /** The service's name as protobuf: tag, length, text. */
  private static String asked(byte[] request) {
    if (request.length == 0) {
      return "";
    }
    int start = request[1] < 0 ? 3 : 2;
    int length = start == 2 ? request[1] : (request[1] & 0x7f) | (request[2] << 7);
    assertThat(request[0]).isEqualTo((byte) 0x0a);
    assertThat(request).hasSize(start + length);
    return new String(request, start, length, UTF_8);
  }

  private static void answer(byte[] request, StreamObserver<byte[]> observer) {
    String service = asked(request);
    if (service.equals("hang")) {
      return;
    }
    byte[] status =
        switch (service) {
          case "", "shop", LONG -> new byte[] {8, 1};
          case "down" -> new byte[] {8, 2};
          case "lost" -> new byte[] {8, 3};
          case "odd" -> new byte[] {1, 2, 3};
          case "huge" -> new byte[100_000];
          default -> new byte[0];
        };
    if (service.equals("new")) {
      observer.onError(Status.NOT_FOUND.asException());
      return;
    }
    if (service.equals("late")) {
      observer.onNext(new byte[] {8, 1});
      observer.onError(Status.INTERNAL.asException());
      return;
    }
    observer.onNext(status);
    observer.onCompleted();
  }

  private String probe(Member member, String service, Duration timeout)
      throws InterruptedException {
    GrpcProbe probe =
        new GrpcProbe(new ProbeConnector(loop), new GrpcCheck(service, Optional.empty()));
    return switch (probe.probe(member, timeout)) {
      case ProbeResult.Passed() -> "passed";
      case ProbeResult.Failed(String reason) -> reason;
      case ProbeResult.Undecided(String reason) -> reason;
    };
  }

  private String probe(Member member, String service) throws InterruptedException {
    return probe(member, service, Duration.ofSeconds(10));
  }

  @Test
  void onlyAServiceThatIsServingPasses() throws Exception {
    Member member = serve("grpc.health.v1.Health");
    assertThat(probe(member, "")).isEqualTo("passed");
    assertThat(probe(member, "shop")).isEqualTo("passed");
    assertThat(probe(member, LONG)).isEqualTo("passed");
    assertThat(probe(member, "down")).isEqualTo("NOT_SERVING");
    assertThat(probe(member, "lost")).isEqualTo("SERVICE_UNKNOWN");
    assertThat(probe(member, "unset")).isEqualTo("UNKNOWN");
  }

  @Test
  void failuresSayWhy() throws Exception {
    Member member = serve("grpc.health.v1.Health");
    assertThat(probe(member, "new")).isEqualTo("gRPC status 5: it does not know the service");
    assertThat(probe(member, "late")).isEqualTo("gRPC status 13");
    assertThat(probe(member, "odd")).isEqualTo("the answer is no HealthCheckResponse");
    assertThat(probe(member, "huge")).isEqualTo("the answer is no HealthCheckResponse");
    assertThat(probe(member, "hang", Duration.ofMillis(400))).isEqualTo("no answer within 400 ms");
  }

  @Test
  void aMemberWithoutTheProtocolFails() throws Exception {
    assertThat(probe(serve("shop.Other"), ""))
        .isEqualTo("gRPC status 12: it has no grpc.health.v1.Health");
    try (Http2Member web = Http2Member.inClearText()) {
      web.behave(stream -> stream.head(true, ":status", "404"));
      assertThat(probe(web.member(), "")).isEqualTo("HTTP 404");
      web.behave(stream -> stream.head(false, ":status", "200").data("<html>", true));
      assertThat(probe(web.member(), "")).isEqualTo("the answer is not gRPC");
    }
  }
}

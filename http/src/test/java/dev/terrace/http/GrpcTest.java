package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.testkit.Await;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** gRPC's own client and server, with Terrace between them. */
class GrpcTest {

  private static final MethodDescriptor.Marshaller<String> TEXT =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(String value) {
          return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
          try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private static final MethodDescriptor<String, String> ECHO = method(MethodType.UNARY, "Echo");
  private static final MethodDescriptor<String, String> FAIL = method(MethodType.UNARY, "Fail");
  private static final MethodDescriptor<String, String> HANG = method(MethodType.UNARY, "Hang");
  private static final MethodDescriptor<String, String> COUNT =
      method(MethodType.SERVER_STREAMING, "Count");
  private static final MethodDescriptor<String, String> JOIN =
      method(MethodType.CLIENT_STREAMING, "Join");
  private static final MethodDescriptor<String, String> CHAT =
      method(MethodType.BIDI_STREAMING, "Chat");

  private static MethodDescriptor<String, String> method(MethodType type, String name) {
    return MethodDescriptor.newBuilder(TEXT, TEXT)
        .setType(type)
        .setFullMethodName("test.Words/" + name)
        .build();
  }

  /** What a stream brings, in order, and how it ended. */
  private static final class Heard implements StreamObserver<String> {
    final BlockingQueue<String> all = new LinkedBlockingQueue<>();

    @Override
    public void onNext(String value) {
      all.add(value);
    }

    @Override
    public void onError(Throwable cause) {
      all.add("error: " + Status.fromThrowable(cause).getCode());
    }

    @Override
    public void onCompleted() {
      all.add("end");
    }

    String next() throws InterruptedException {
      String next = all.poll(10, TimeUnit.SECONDS);
      return next == null ? "nothing" : next;
    }
  }

  private final AtomicInteger hanging = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();
  private Server server;
  private Proxy proxy;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    server = NettyServerBuilder.forPort(0).addService(service()).build().start();
    proxy =
        Proxy.of(
            "listen: {http: '127.0.0.1:0'}\npools: {app: {protocol: http2, connect-timeout: 10s, members: [127.0.0.1:"
                + server.getPort()
                + "]}}\nhttp: {routes: [{match: {path: /test.Words/*}, pool: app}]}\n");
    channel = NettyChannelBuilder.forAddress("127.0.0.1", proxy.port()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    proxy.awaitBalanced();
    proxy.close();
    server.shutdownNow();
  }

  private ServerServiceDefinition service() {
    return ServerServiceDefinition.builder("test.Words")
        .addMethod(
            ECHO,
            ServerCalls.asyncUnaryCall((request, answer) -> {
              answer.onNext(request);
              answer.onCompleted();
            }))
        .addMethod(
            FAIL,
            ServerCalls.asyncUnaryCall((request, answer) ->
                answer.onError(Status.NOT_FOUND.withDescription("no " + request).asException())))
        .addMethod(
            HANG,
            ServerCalls.asyncUnaryCall((request, answer) -> {
              ((ServerCallStreamObserver<String>) answer)
                  .setOnCancelHandler(cancelled::incrementAndGet);
              hanging.incrementAndGet();
            }))
        .addMethod(
            COUNT,
            ServerCalls.asyncServerStreamingCall((request, answer) -> {
              for (int i = 0; i < Integer.parseInt(request); i++) {
                answer.onNext("" + i);
              }
              answer.onCompleted();
            }))
        .addMethod(JOIN, ServerCalls.asyncClientStreamingCall(GrpcTest::join))
        .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(GrpcTest::chat))
        .build();
  }

  private static StreamObserver<String> join(StreamObserver<String> answer) {
    List<String> words = new ArrayList<>();
    return new StreamObserver<>() {
      @Override
      public void onNext(String value) {
        words.add(value);
      }

      @Override
      public void onError(Throwable cause) {}

      @Override
      public void onCompleted() {
        answer.onNext(String.join(" ", words));
        answer.onCompleted();
      }
    };
  }

  private static StreamObserver<String> chat(StreamObserver<String> answer) {
    return new StreamObserver<>() {
      @Override
      public void onNext(String value) {
        answer.onNext("you said " + value);
      }

      @Override
      public void onError(Throwable cause) {}

      @Override
      public void onCompleted() {
        answer.onCompleted();
      }
    };
  }

  private String call(MethodDescriptor<String, String> method, String request) {
    return ClientCalls.blockingUnaryCall(
        channel, method, CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS), request);
  }

  @Test
  void unary() {
    assertThat(call(ECHO, "hello")).isEqualTo("hello");
    assertThat(call(ECHO, "")).isEmpty();
    String large = "x".repeat(3_000_000);
    assertThat(call(ECHO, large)).isEqualTo(large);
  }

  @Test
  void anErrorThatIsTrailersOnly() {
    assertThatThrownBy(() -> call(FAIL, "luck"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
              assertThat(e.getStatus().getDescription()).isEqualTo("no luck");
            });
  }

  @Test
  void aMethodThatTheServerDoesNotHave() {
    assertThatThrownBy(() -> call(method(MethodType.UNARY, "Nothing"), "x"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
  }

  @Test
  void serverStreaming() {
    Iterator<String> numbers =
        ClientCalls.blockingServerStreamingCall(channel, COUNT, CallOptions.DEFAULT, "1000");
    int count = 0;
    while (numbers.hasNext()) {
      assertThat(numbers.next()).isEqualTo("" + count++);
    }
    assertThat(count).isEqualTo(1000);
  }

  @Test
  void clientStreaming() throws Exception {
    Heard heard = new Heard();
    StreamObserver<String> words =
        ClientCalls.asyncClientStreamingCall(channel.newCall(JOIN, CallOptions.DEFAULT), heard);
    words.onNext("to");
    words.onNext("be");
    words.onCompleted();
    assertThat(heard.next()).isEqualTo("to be");
    assertThat(heard.next()).isEqualTo("end");
  }

  @Test
  void bidirectionalStreaming() throws Exception {
    Heard heard = new Heard();
    StreamObserver<String> words =
        ClientCalls.asyncBidiStreamingCall(channel.newCall(CHAT, CallOptions.DEFAULT), heard);
    for (int i = 0; i < 20; i++) {
      words.onNext("" + i);
      assertThat(heard.next()).isEqualTo("you said " + i);
    }
    words.onCompleted();
    assertThat(heard.next()).isEqualTo("end");
  }

  @Test
  void deadlinesAndCancellationsReachTheServer() {
    CallOptions soon = CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS);
    assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, HANG, soon, "x"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    Await.until("the server knows", () -> cancelled.get() == hanging.get());
    int before = hanging.get();
    var call = ClientCalls.futureUnaryCall(channel.newCall(HANG, CallOptions.DEFAULT), "x");
    Await.until("the server has it", () -> hanging.get() > before);
    call.cancel(true);
    Await.until("the server knows", () -> cancelled.get() == hanging.get());
  }

  @Test
  void aServerThatStopsGracefullyLosesNoCall() throws Exception {
    assertThat(call(ECHO, "before")).isEqualTo("before");
    Heard heard = new Heard();
    StreamObserver<String> words =
        ClientCalls.asyncBidiStreamingCall(channel.newCall(CHAT, CallOptions.DEFAULT), heard);
    words.onNext("a");
    assertThat(heard.next()).isEqualTo("you said a");
    server.shutdown();
    words.onNext("b");
    assertThat(heard.next()).isEqualTo("you said b");
    words.onCompleted();
    assertThat(heard.next()).isEqualTo("end");
  }

  @Test
  void aRouteThatIsNotThereIsUnimplementedOrUnavailable() {
    MethodDescriptor<String, String> elsewhere =
        ECHO.toBuilder().setFullMethodName("other.Service/Method").build();
    assertThatThrownBy(() -> call(elsewhere, "x"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
  }
}

package dev.terrace.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.testkit.Await;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Real connections to an echo front, over each transport that this machine has. */
@ParameterizedClass
@MethodSource("transports")
class ListenersTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Address ANY_PORT = Address.parse("127.0.0.1:0");

  static List<Transport> transports() {
    return java.util.Arrays.stream(Transport.values()).filter(Transport::available).toList();
  }

  private final Transport transport;
  private final EventLoops loops;
  private final Signals signals = new Signals();
  private final Set<Thread> servedBy = ConcurrentHashMap.newKeySet();
  private final Listeners listeners;

  ListenersTest(Transport transport) {
    this.transport = transport;
    loops = EventLoops.start(transport, 2);
    listeners = new Listeners(loops, "echo", signals, this::echo);
  }

  private void echo(Channel client) {
    client
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                servedBy.add(Thread.currentThread());
                ctx.writeAndFlush(message);
              }

              @Override
              public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                if (event instanceof Drain) {
                  ctx.writeAndFlush(goodbye(ctx)).addListener(f -> ctx.close());
                }
              }
            });
  }

  private static ByteBuf goodbye(ChannelHandlerContext ctx) {
    return ctx.alloc().buffer(1).writeByte('.');
  }

  @AfterEach
  void stop() {
    listeners.close();
    loops.close();
  }

  private Address listen(int maxConnections) throws IOException {
    listeners.configure(List.of(ANY_PORT), maxConnections, PATIENCE);
    return listeners.addresses().getFirst();
  }

  private static Socket connect(Address address) throws IOException {
    Socket socket = new Socket(address.host(), address.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static int echoOf(Socket socket, int value) throws IOException {
    socket.getOutputStream().write(value);
    return socket.getInputStream().read();
  }

  @Test
  void servesConnectionsOnItsLoops() throws IOException {
    Address address = listen(100);
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      sockets.add(connect(address));
      assertThat(echoOf(sockets.getLast(), i)).isEqualTo(i);
    }
    assertThat(signals.counter(Metric.CONNECTIONS_ACCEPTED, "echo").value()).isEqualTo(40);
    assertThat(servedBy).hasSize(2);
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** Else those who wait starve beside those who are served again and again. */
  @Test
  void clientsThatWaitAreAcceptedTogetherThoughTheLoopIsBusy() throws IOException {
    AtomicInteger turns = new AtomicInteger();
    List<Integer> acceptedInTurn = new CopyOnWriteArrayList<>();
    CountDownLatch held = new CountDownLatch(1);
    List<Socket> waiting = new ArrayList<>();
    try (EventLoops one = EventLoops.start(transport, 1);
        Listeners busy =
            new Listeners(
                one,
                "busy",
                signals,
                client -> {
                  acceptedInTurn.add(turns.get());
                  client.pipeline().addLast(new Reader(turns));
                })) {
      busy.configure(List.of(ANY_PORT), 100, PATIENCE);
      Address address = busy.addresses().getFirst();
      waiting.add(connect(address));
      Thread.startVirtualThread(() -> sendForEver(waiting.getFirst()));
      Await.until("the loop is busy", PATIENCE, () -> turns.get() > 0);
      one.all().getFirst().execute(() -> awaitUninterruptibly(held));
      for (int i = 0; i < 64; i++) {
        waiting.add(connect(address));
      }
      held.countDown();
      Await.until("all are accepted", PATIENCE, () -> acceptedInTurn.size() == waiting.size());
      assertThat(acceptedInTurn.getLast() - acceptedInTurn.get(1)).isLessThan(8);
    } finally {
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  private static void sendForEver(Socket socket) {
    byte[] many = new byte[1 << 16];
    try {
      while (true) {
        socket.getOutputStream().write(many);
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Throws away what it reads, and counts the turns of its loop in which it does. */
  private static final class Reader extends ChannelInboundHandlerAdapter {
    private final AtomicInteger turns;

    Reader(AtomicInteger turns) {
      this.turns = turns;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      turns.incrementAndGet();
    }
  }

  @Test
  void closesAndCountsConnectionsBeyondTheLimit() throws IOException {
    Address address = listen(2);
    try (Socket first = connect(address);
        Socket second = connect(address)) {
      assertThat(echoOf(first, 1)).isEqualTo(1);
      assertThat(echoOf(second, 2)).isEqualTo(2);
      try (Socket third = connect(address)) {
        assertThat(third.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(signals.counter(Metric.CONNECTIONS_REFUSED, "echo").value()).isEqualTo(1);
    }
    Await.until("the two have left", PATIENCE, () -> canEcho(address));
  }

  private static boolean canEcho(Address address) {
    try (Socket socket = connect(address)) {
      return echoOf(socket, 7) == 7;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void drainTellsConnectionsAndStopsAccepting() throws IOException {
    Address address = listen(10);
    try (Socket socket = connect(address)) {
      assertThat(echoOf(socket, 1)).isEqualTo(1);
      CompletableFuture<Void> drained = listeners.drain(PATIENCE);
      assertThat(socket.getInputStream().read()).isEqualTo('.');
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      drained.join();
      Await.until("connections are refused", PATIENCE, () -> refuses(address));
    }
  }

  private static boolean refuses(Address address) {
    try {
      connect(address).close();
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void drainCutsWhatOutlivesTheDeadline() throws IOException {
    Listeners stubborn =
        new Listeners(loops, "stubborn", signals, c -> c.pipeline().addLast(new Ignorer()));
    stubborn.configure(List.of(ANY_PORT), 10, PATIENCE);
    try (Socket socket = connect(stubborn.addresses().getFirst())) {
      Await.until("accepted", PATIENCE, () -> accepted("stubborn") == 1);
      stubborn.drain(Duration.ofMillis(50)).join();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  private static final class Ignorer extends ChannelInboundHandlerAdapter {}

  private long accepted(String front) {
    return signals.counter(Metric.CONNECTIONS_ACCEPTED, front).value();
  }

  @Test
  void aTakenPortIsNamedWithARemedyAndChangesNothing() throws IOException {
    Address address = listen(10);
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
      Address other = new Address("127.0.0.1", taken.getLocalPort());
      assertThatThrownBy(() -> listeners.configure(List.of(ANY_PORT, other), 10, PATIENCE))
          .isInstanceOf(BindFailure.class)
          .hasMessageContaining("cannot listen on " + other + " (listen.echo)")
          .hasMessageContaining("ss -ltunp");
    }
    assertThat(listeners.addresses()).containsExactly(address);
    assertThat(canEcho(address)).isTrue();
  }

  @Test
  void aReloadKeepsConnectionsOfAddressesThatStay() throws IOException {
    listeners.configure(
        List.of(Address.parse("127.0.0.1:0"), Address.parse("127.0.0.2:0")), 10, PATIENCE);
    Address stays = listeners.addresses().get(0);
    Address goes = listeners.addresses().get(1);
    try (Socket kept = connect(stays);
        Socket drained = connect(goes)) {
      assertThat(echoOf(kept, 1)).isEqualTo(1);
      assertThat(echoOf(drained, 1)).isEqualTo(1);
      listeners.configure(List.of(ANY_PORT), 10, PATIENCE);
      assertThat(drained.getInputStream().read()).isEqualTo('.');
      assertThat(echoOf(kept, 2)).isEqualTo(2);
    }
  }
}

package dev.terrace.net.takeover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Listeners;
import dev.terrace.net.Transport;
import dev.terrace.net.UdpListener;
import dev.terrace.testkit.Await;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One set of event loops takes the ports over from another, as two processes would. */
class TakeOverTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int CLIENTS = 8;

  /** A process with an echo over TCP and UDP that answers with its own letter first. */
  private static final class Node implements AutoCloseable {
    final EventLoops loops;
    final Listeners listeners;
    private final char letter;
    private final List<UdpListener> udp = new ArrayList<>();

    Node(char letter, int loopCount) {
      this.letter = letter;
      loops = EventLoops.start(Transport.EPOLL, loopCount);
      listeners = new Listeners(loops, "echo", new Signals(), this::answer);
    }

    private void answer(Channel client) {
      client
          .pipeline()
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                  ByteBuf in = (ByteBuf) message;
                  ByteBuf out = ctx.alloc().buffer().writeByte(letter).writeBytes(in);
                  in.release();
                  ctx.writeAndFlush(out);
                }
              });
    }

    private void answerDatagram(Channel socket) {
      socket
          .pipeline()
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                  DatagramPacket in = (DatagramPacket) message;
                  ByteBuf out = ctx.alloc().buffer().writeByte(letter);
                  ctx.writeAndFlush(new DatagramPacket(out, in.sender()));
                  in.release();
                }
              });
    }

    void listen(Address tcp, Address datagrams) throws IOException {
      listeners.configure(List.of(tcp), 10_000, PATIENCE);
      udp.add(UdpListener.open(loops, "echo", datagrams, this::answerDatagram));
    }

    Address datagrams() {
      return udp.getFirst().address();
    }

    void stopListening() {
      listeners.drain(PATIENCE);
      udp.forEach(UdpListener::close);
    }

    @Override
    public void close() {
      udp.forEach(UdpListener::close);
      listeners.close();
      loops.close();
    }
  }

  private static final Address ANY_PORT = Address.parse("127.0.0.1:0");

  @TempDir private Path folder;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final AtomicBoolean storming = new AtomicBoolean(true);
  private final AtomicInteger asked = new AtomicInteger();
  private final Set<Character> answeredBy = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void needsEpoll() {
    assumeThat(Transport.EPOLL.available()).as("epoll").isTrue();
  }

  @AfterEach
  void stop() throws Exception {
    storming.set(false);
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  private Node start(char letter, int loopCount) {
    Node process = new Node(letter, loopCount);
    opened.add(process);
    return process;
  }

  private Path path() {
    return folder.resolve("offer.sock");
  }

  private TakeOverOffer offer(Node process) throws IOException {
    TakeOverOffer offer = TakeOverOffer.open(process.loops, path(), process::stopListening);
    opened.add(offer);
    return offer;
  }

  /** New connections, one after the other, each of which must be answered. */
  private void storm(Address address) {
    for (int i = 0; i < CLIENTS; i++) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            while (storming.get()) {
              try (Socket socket = new Socket(address.host(), address.port())) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write('?');
                answeredBy.add((char) socket.getInputStream().read());
                asked.incrementAndGet();
              } catch (IOException e) {
                failures.add(e.toString());
              }
            }
          });
    }
  }

  private void awaitMore(int connections) {
    int before = asked.get();
    Await.until("more connections", PATIENCE, () -> asked.get() >= before + connections);
  }

  @Test
  void nobodyIsRefusedWhileAnotherTakesOver() throws Exception {
    Node old = start('a', 2);
    old.listen(ANY_PORT, ANY_PORT);
    offer(old);
    Address tcp = old.listeners.addresses().getFirst();
    storm(tcp);
    awaitMore(500);
    assertThat(answeredBy).containsExactly('a');
    Node next = start('b', 3);
    try (TakeOver takeOver = TakeOver.from(next.loops, path())) {
      next.listen(tcp, old.datagrams());
      awaitMore(500);
      takeOver.complete();
    }
    answeredBy.clear();
    awaitMore(500);
    storming.set(false);
    // Answers that were on their way when the set was cleared are the old one's.
    assertThat(answeredBy).contains('b');
    assertThat(failures).isEmpty();
    assertThat(datagramAnswer(next.datagrams())).isEqualTo('b');
    assertThat(Files.exists(path())).as("the path is free for the next offer").isFalse();
    assertThat(next.loops.sockets().open()).hasSize(6);
  }

  private static char datagramAnswer(Address address) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(10_000);
      InetSocketAddress to =
          new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
      socket.send(new java.net.DatagramPacket(new byte[] {'?'}, 1, to));
      java.net.DatagramPacket answer = new java.net.DatagramPacket(new byte[8], 8);
      socket.receive(answer);
      return (char) answer.getData()[0];
    }
  }

  @Test
  void aNewProcessThatFailsChangesNothing() throws Exception {
    Node old = start('a', 2);
    old.listen(ANY_PORT, ANY_PORT);
    offer(old);
    Address tcp = old.listeners.addresses().getFirst();
    storm(tcp);
    Node failing = start('b', 1);
    TakeOver begun = TakeOver.from(failing.loops, path());
    assertThatThrownBy(() -> TakeOver.from(failing.loops, path()))
        .hasMessageContaining("another process is just taking over");
    begun.close();
    failing.close();
    awaitMore(200);
    assertThat(answeredBy).containsExactly('a');
    Node next = start('c', 2);
    try (TakeOver takeOver = TakeOver.from(next.loops, path())) {
      next.listen(tcp, old.datagrams());
      takeOver.complete();
    }
    awaitMore(200);
    storming.set(false);
    assertThat(answeredBy).contains('c');
    assertThat(failures).isEmpty();
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    Node next = start('b', 1);
    assertThatThrownBy(() -> TakeOver.from(next.loops, path()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no running Terrace offers the ports of this file");
    Files.writeString(path(), "left behind");
    offer(next);
    EventLoops nio = EventLoops.start(Transport.NIO, 1);
    opened.add(nio);
    assertThatThrownBy(() -> TakeOver.from(nio, path())).hasMessageContaining("epoll");
  }
}

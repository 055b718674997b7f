package dev.terrace.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.Address;
import dev.terrace.testkit.Await;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pool's connections to a real server. */
class ConnectionPoolTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private record Outcome(
      Optional<Channel> opened, boolean reused, Optional<ConnectFailure> failure, String detail) {
    Channel channel() {
      return opened.orElseThrow();
    }
  }

  private final EventLoops loops = EventLoops.start(Transport.best(), 1);
  private final EventLoop loop = loops.all().getFirst();
  private final ConnectionCounts counts = new ConnectionCounts();
  private final List<Socket> accepted = Collections.synchronizedList(new ArrayList<>());
  private ServerSocket server;
  private Address member;

  @BeforeEach
  void startServer() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    member = new Address("127.0.0.1", server.getLocalPort());
    // No virtual thread: a port that one of those waits on is still open when close() returns.
    Thread.ofPlatform().daemon().start(this::acceptAll);
  }

  private void acceptAll() {
    try {
      while (true) {
        accepted.add(server.accept());
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  @AfterEach
  void stop() throws IOException {
    loops.close();
    server.close();
  }

  private ConnectionPool pool(int max, Duration idle) {
    ConnectionPool.Settings settings =
        new ConnectionPool.Settings(Duration.ofSeconds(1), idle, max);
    return new ConnectionPool(loops, loop, settings, counts, channel -> {});
  }

  private Outcome acquire(ConnectionPool pool) {
    return acquire(pool, ConnectionPool.Reuse.ANY);
  }

  private Outcome acquire(ConnectionPool pool, ConnectionPool.Reuse reuse) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    loop.execute(() ->
        pool.acquire(
            member,
            reuse,
            new ConnectionPool.Acquired() {
              @Override
              public void connected(Channel channel, boolean reused) {
                outcome.complete(new Outcome(Optional.of(channel), reused, Optional.empty(), ""));
              }

              @Override
              public void failed(ConnectFailure failure, String detail) {
                outcome.complete(
                    new Outcome(Optional.empty(), false, Optional.of(failure), detail));
              }
            }));
    return outcome.join();
  }

  private void release(ConnectionPool pool, Channel channel) {
    CompletableFuture.runAsync(() -> pool.release(channel), loop).join();
  }

  @Test
  void givesAReleasedConnectionOutAgain() {
    ConnectionPool pool = pool(10, PATIENCE);
    Outcome first = acquire(pool);
    assertThat(first.reused()).isFalse();
    release(pool, first.channel());
    assertThat(counts.idle(member)).isEqualTo(1);
    Outcome second = acquire(pool);
    assertThat(second.reused()).isTrue();
    assertThat(second.channel()).isSameAs(first.channel());
    assertThat(counts.idle(member)).isZero();
    assertThat(counts.open(member)).isEqualTo(1);
  }

  @Test
  void refusesBeyondTheLimitUntilOneCloses() {
    ConnectionPool pool = pool(2, PATIENCE);
    Outcome first = acquire(pool);
    acquire(pool);
    assertThat(acquire(pool).failure()).contains(ConnectFailure.LIMIT);
    first.channel().close().awaitUninterruptibly();
    Await.until("one slot is free", PATIENCE, () -> counts.open(member) == 1);
    assertThat(acquire(pool).channel()).isNotNull();
  }

  @Test
  void doesNotGiveOutWhatTheServerClosed() throws IOException {
    ConnectionPool pool = pool(10, PATIENCE);
    Outcome first = acquire(pool);
    Await.until("accepted", PATIENCE, () -> accepted.size() == 1);
    release(pool, first.channel());
    accepted.getFirst().close();
    first.channel().closeFuture().awaitUninterruptibly();
    Outcome second = acquire(pool);
    assertThat(second.reused()).isFalse();
    assertThat(counts.open(member)).isEqualTo(1);
    assertThat(counts.idle(member)).isZero();
  }

  @Test
  void closesIdleConnectionsInTime() {
    ConnectionPool pool = pool(10, Duration.ofMillis(200));
    Outcome first = acquire(pool);
    release(pool, first.channel());
    assertThat(first.channel().closeFuture().awaitUninterruptibly(PATIENCE.toMillis())).isTrue();
    Await.until("counted", PATIENCE, () -> counts.idle(member) == 0 && counts.open(member) == 0);
  }

  @Test
  void saysThatAMemberIsUnreachable() throws IOException {
    server.close();
    Outcome outcome = acquire(pool(10, PATIENCE));
    assertThat(outcome.failure()).contains(ConnectFailure.UNREACHABLE);
    assertThat(outcome.detail()).containsIgnoringCase("refused");
    assertThat(counts.open(member)).isZero();
  }

  @Test
  void closingEndsIdleConnectionsAndThoseReleasedLater() {
    ConnectionPool pool = pool(10, PATIENCE);
    Outcome idle = acquire(pool);
    Outcome busy = acquire(pool);
    release(pool, idle.channel());
    CompletableFuture.runAsync(pool::close, loop).join();
    assertThat(idle.channel().closeFuture().awaitUninterruptibly(PATIENCE.toMillis())).isTrue();
    assertThat(busy.channel().isActive()).isTrue();
    release(pool, busy.channel());
    assertThat(busy.channel().closeFuture().awaitUninterruptibly(PATIENCE.toMillis())).isTrue();
  }

  @Test
  void workThatCannotBeDoneAnewGetsNoConnectionThatTheMemberMayBeClosing() throws Exception {
    ConnectionPool pool = pool(10, PATIENCE);
    Outcome first = acquire(pool);
    release(pool, first.channel());
    Outcome recent = acquire(pool, ConnectionPool.Reuse.RECENT);
    assertThat(recent.channel()).isSameAs(first.channel());
    release(pool, recent.channel());
    Await.until("accepted", PATIENCE, () -> accepted.size() == 1);
    accepted.getFirst().close();
    first.channel().closeFuture().awaitUninterruptibly();
    // It is known from now on how soon this server closes: soon, so that nothing is recent.
    Outcome second = acquire(pool);
    release(pool, second.channel());
    long released = System.nanoTime();
    Await.until("some time is gone", PATIENCE, () -> System.nanoTime() - released > 1_000_000_000L);
    Outcome third = acquire(pool, ConnectionPool.Reuse.RECENT);
    assertThat(third.reused()).isFalse();
    assertThat(acquire(pool, ConnectionPool.Reuse.ANY).channel()).isSameAs(second.channel());
  }

  @Test
  void anOldConnectionIsBetterThanNone() {
    ConnectionPool pool = pool(1, PATIENCE);
    Outcome first = acquire(pool);
    release(pool, first.channel());
    assertThat(acquire(pool, ConnectionPool.Reuse.NONE).failure()).contains(ConnectFailure.LIMIT);
    long released = System.nanoTime();
    Await.until("some time is gone", PATIENCE, () -> System.nanoTime() - released > 1_100_000_000L);
    assertThat(acquire(pool, ConnectionPool.Reuse.RECENT).channel()).isSameAs(first.channel());
  }

  @Test
  void yieldsAnIdleConnectionToAnotherLoop() {
    ConnectionPool pool = pool(1, PATIENCE);
    Outcome first = acquire(pool);
    release(pool, first.channel());
    CompletableFuture.runAsync(pool::yieldIdle, loop).join();
    Await.until("closed", PATIENCE, () -> counts.open(member) == 0 && counts.idle(member) == 0);
  }
}

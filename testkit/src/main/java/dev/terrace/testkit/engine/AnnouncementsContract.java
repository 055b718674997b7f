package dev.terrace.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.Announcements;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.sandbox.CacheServer;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.Seeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine that passes messages on must do, on its real server. */
public abstract class AnnouncementsContract {

  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  @SuppressWarnings("NullAway.Init") // set before each test
  private Announcements node;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Announcements other;

  /** One node's. */
  protected abstract Announcements open(Duration timeout);

  /** The server's process, which tests break and mend. */
  protected abstract CacheServer process();

  /** Where the server is. */
  protected final Address server() {
    return Address.parse(process().address());
  }

  @BeforeEach
  final void openNodes() {
    node = open(TIMEOUT);
    other = open(TIMEOUT);
  }

  @AfterEach
  final void closeNodes() {
    node.close();
    other.close();
  }

  /** Somebody who listens on a thread of his own. */
  private final class Listener {

    private final List<byte[]> heard = new CopyOnWriteArrayList<>();
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable EngineFailure failure;

    Listener(Announcements on, String channel) throws InterruptedException {
      thread = Thread.startVirtualThread(() -> listen(on, channel));
      assertThat(ready.await(5, TimeUnit.SECONDS)).as("ready, failed with %s", failure).isTrue();
    }

    private void listen(Announcements on, String channel) {
      try {
        on.listen(server(), channel, ready::countDown, heard::add);
      } catch (EngineFailure e) {
        failure = e;
      }
    }

    Optional<EngineFailure> endsWithin(Duration patience) throws InterruptedException {
      assertThat(thread.join(patience)).as("it ends").isTrue();
      return Optional.ofNullable(failure);
    }
  }

  @Test
  void allHearAllInOrder() {
    Seeded.run(
        3,
        random -> {
          List<Listener> listeners =
              List.of(
                  new Listener(node, "news"),
                  new Listener(other, "news"),
                  new Listener(node, "news"));
          Listener elsewhere = new Listener(node, "olds");
          List<byte[]> sent = new ArrayList<>();
          for (int i = 0; i < 200; i++) {
            byte[] message = random.bytes(random.nextInt(2000));
            sent.add(message);
            node.announce(server(), "news", message);
          }
          for (Listener one : listeners) {
            Await.until("all is heard", () -> one.heard.size() == sent.size());
            for (int i = 0; i < sent.size(); i++) {
              assertThat(one.heard.get(i)).isEqualTo(sent.get(i));
            }
          }
          assertThat(elsewhere.heard).isEmpty();
        });
  }

  @Test
  void whoeverIsReadyMissesNothing() throws Exception {
    for (int i = 0; i < 20; i++) {
      Listener one = new Listener(node, "round " + i);
      other.announce(server(), "round " + i, new byte[] {(byte) i});
      Await.until("it is heard", () -> one.heard.size() == 1);
    }
  }

  @Test
  void aServerThatGoesIsNoticedAndComesBack() throws Exception {
    Listener one = new Listener(node, "news");
    process().kill();
    try {
      EngineFailure failure = one.endsWithin(Duration.ofSeconds(2)).orElseThrow();
      assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
      EngineFailure refused =
          catchThrowableOfType(
              EngineFailure.class, () -> node.announce(server(), "news", new byte[1]));
      assertThat(refused.kind()).isEqualTo(Kind.UNREACHABLE);
    } finally {
      process().startAgain();
    }
    Listener again = new Listener(node, "news");
    other.announce(server(), "news", new byte[] {9});
    Await.until("it is heard", () -> again.heard.size() == 1);
  }

  @Test
  void aServerThatFallsSilentIsNoticed() throws Exception {
    Listener one = new Listener(node, "news");
    process().pause();
    try {
      EngineFailure failure = one.endsWithin(Duration.ofMillis(2500)).orElseThrow();
      assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
      EngineFailure late =
          catchThrowableOfType(
              EngineFailure.class, () -> node.announce(server(), "news", new byte[1]));
      assertThat(late.kind()).isEqualTo(Kind.TIMEOUT);
    } finally {
      process().resume();
    }
  }

  /** It is asked for signs of life several times, and so are those who listen at their leisure. */
  @Test
  void aQuietChannelIsNotLost() throws Exception {
    Listener one = new Listener(node, "quiet");
    assertThat(one.thread.join(Duration.ofSeconds(3))).as("it ends").isFalse();
    other.announce(server(), "quiet", new byte[] {1});
    Await.until("it is heard", () -> one.heard.size() == 1);
  }

  @Test
  void closingEndsListening() throws Exception {
    Listener one = new Listener(node, "news");
    Listener two = new Listener(node, "olds");
    node.close();
    assertThat(one.endsWithin(Duration.ofSeconds(1))).isEmpty();
    assertThat(two.endsWithin(Duration.ofSeconds(1))).isEmpty();
    EngineFailure closed =
        catchThrowableOfType(
            EngineFailure.class, () -> node.announce(server(), "news", new byte[1]));
    assertThat(closed.kind()).isEqualTo(Kind.UNREACHABLE);
  }
}

package dev.terrace.engines.redis;

import dev.terrace.engine.EngineFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.exceptions.JedisException;

/** A subscription, and the pulse by which a connection that was lost without a word is noticed. */
final class Listening extends BinaryJedisPubSub {

  private static final Duration PULSE = Duration.ofMillis(500);

  /**
   * Three beats went unanswered; with the one under way, the loss is noticed within two seconds.
   */
  private static final long SILENCE_NANOS_MAX = PULSE.multipliedBy(3).toNanos();

  private final RedisLink link;
  private final Runnable ready;
  private final Consumer<byte[]> heard;
  private boolean subscribed;
  private boolean atWork;
  private boolean silent;
  private long lastNanos = System.nanoTime();

  Listening(RedisLink link, Runnable ready, Consumer<byte[]> heard) {
    this.link = link;
    this.ready = ready;
    this.heard = heard;
  }

  /** Blocks until the connection ends. */
  void run(ScheduledExecutorService pulse, byte[] channel) throws IOException, EngineFailure {
    Future<?> beating;
    try {
      long every = PULSE.toMillis();
      beating = pulse.scheduleAtFixedRate(this::beat, every, every, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      throw new IOException("it is being closed", e);
    }
    try {
      link.listen(this, channel);
      throw new IOException("the subscription has ended");
    } catch (IOException e) {
      throw wasSilent() ? new IOException("it has not answered for some time", e) : e;
    } finally {
      beating.cancel(false);
    }
  }

  private void beat() {
    boolean asks;
    boolean gone;
    synchronized (this) {
      // Who is busy with a message reads no answers, which says nothing of the server.
      gone = !atWork && System.nanoTime() - lastNanos > SILENCE_NANOS_MAX;
      silent |= gone;
      asks = subscribed && !atWork;
    }
    if (gone) {
      link.close();
    } else if (asks) {
      try {
        ping();
      } catch (JedisException e) {
        link.close();
      }
    }
  }

  private synchronized boolean wasSilent() {
    return silent;
  }

  private synchronized void work(boolean begins) {
    atWork = begins;
    subscribed = true;
    lastNanos = System.nanoTime();
  }

  @Override
  public void onSubscribe(byte[] channel, int channels) {
    during(ready);
  }

  @Override
  public void onMessage(byte[] channel, byte[] message) {
    during(() -> heard.accept(message));
  }

  private void during(Runnable task) {
    work(true);
    try {
      task.run();
    } finally {
      work(false);
    }
  }

  @Override
  public void onPong(byte[] pattern) {
    work(false);
  }

  /** Ends it from another thread. */
  void end() {
    link.close();
  }
}

package dev.terrace.net;

import dev.terrace.core.pool.Address;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** The idle connections to one member, latest first, and how soon it closes them. */
final class MemberLinks {

  /** How old an idle connection may be for {@link ConnectionPool.Reuse#RECENT}. */
  private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long it is remembered that a member closes idle connections early. */
  private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** One connection; {@code idleSince} has a meaning while it is idle. */
  static final class Link {
    final Channel channel;
    final MemberLinks links;
    boolean idle;
    long idleSince;

    Link(Channel channel, MemberLinks links) {
      this.channel = channel;
      this.links = links;
    }
  }

  final Address member;
  final Deque<Link> ready = new ArrayDeque<>();
  boolean ended;
  private long closesAfterNanos = Long.MAX_VALUE;
  private long learnedAt;

  MemberLinks(Address member) {
    this.member = member;
  }

  /** The member closed a connection that had been idle for so long. */
  void learn(long now, long idleNanos) {
    if (now - learnedAt > REMEMBERED_NANOS || idleNanos <= closesAfterNanos) {
      closesAfterNanos = idleNanos;
      learnedAt = now;
    }
  }

  long recentNanos(long now) {
    boolean known = closesAfterNanos != Long.MAX_VALUE && now - learnedAt <= REMEMBERED_NANOS;
    return known ? Math.min(RECENT_NANOS, closesAfterNanos / 2) : RECENT_NANOS;
  }
}

package dev.terrace.sql.session;

import dev.terrace.sql.operate.SlowLog;
import dev.terrace.sql.operate.SlowStatement;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.wire.Backend;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times a session's statements, by the clock that is read for a batch anyway: the last
 * statement of a batch ends with it, and only between statements of one batch the time is asked for
 * once more.
 */
final class Tally {

  private static final int HEADER = 5;

  private final Session session;
  private final long startedMillis = System.currentTimeMillis();

  /** What the client has asked for last. */
  private @Nullable Plan asked;

  private long askedRound;

  /** What has completed, and whose time ends with the batch. */
  private @Nullable Plan last;

  private long sinceNanos;
  private long waitNanos;
  private long waitingSinceNanos;
  private String sought = "";
  private long tagged;
  private long rows;
  private @Nullable Plan failed;
  private int shard = Target.ANY;
  private @Nullable List<Integer> shards;
  private @Nullable String server;

  Tally(Session session) {
    this.session = session;
  }

  /** When the session began, in Unix time. */
  long startedMillis() {
    return startedMillis;
  }

  /** What the client has asked for last; null if nothing yet. */
  @Nullable Plan asked() {
    return asked;
  }

  /** It is being decided what becomes of a statement. */
  void asks(Plan plan) {
    asked = plan;
    askedRound = session.batch().rounds();
  }

  /** A statement is sent to that server. */
  void sentTo(Link.Held held) {
    shard = held.shard();
    shards = null;
    server = held.member().id();
  }

  /** A statement is sent to several shards. */
  void sentTo(List<Integer> several) {
    shards = several;
    server = null;
  }

  /** The client may have to wait for that server. */
  void seeks(String memberId) {
    sought = memberId;
  }

  /** Which server it waits for, if it does. */
  String sought() {
    return sought;
  }

  /** The client begins to wait for a server. */
  void waits() {
    waitingSinceNanos = System.nanoTime();
  }

  /** It has waited for that. */
  void waited() {
    if (waitingSinceNanos != 0) {
      waitNanos += System.nanoTime() - waitingSinceNanos;
      waitingSinceNanos = 0;
    }
  }

  /** Since when it waits for a server; 0 if it does not. */
  long waitingSinceNanos() {
    return waitingSinceNanos;
  }

  /** The tag of a statement that completes next: its last number counts its rows. */
  void tag(ByteBuf from, int at, int length) {
    long number = 0;
    long factor = 1;
    for (int i = at + length - 2; i >= at; i--) {
      int digit = from.getByte(i) - '0';
      if (digit < 0 || digit > 9) {
        tagged = from.getByte(i) == ' ' ? number : 0;
        return;
      }
      number += digit * factor;
      factor *= 10;
    }
  }

  /** A statement on several shards has completed, or has given some of its rows. */
  void answered(Plan plan, ByteBuf answer) {
    if (answer.getByte(answer.readerIndex()) == Backend.COMMAND_COMPLETE) {
      tag(answer, answer.readerIndex() + HEADER, answer.readableBytes() - HEADER);
    }
    completed(plan, session.batch().isSimple());
  }

  /**
   * A statement has completed.
   *
   * @param endsBatch whether nothing but the end of the batch is awaited
   */
  void completed(Plan plan, boolean endsBatch) {
    if (last != null) {
      count(last, System.nanoTime(), false);
    }
    rows = tagged;
    tagged = 0;
    last = plan;
    if (!endsBatch) {
      count(plan, System.nanoTime(), false);
      last = null;
    }
  }

  /** A statement has failed: that one, or what the batch has asked for last if it is not known. */
  void failed(@Nullable Plan plan) {
    boolean fresh = askedRound == session.batch().rounds();
    failed = plan == null && fresh ? asked : plan;
  }

  /** Whether anything of the batch is still to be counted. */
  boolean isOpen() {
    return last != null || failed != null;
  }

  /** The batch is over. */
  void over(long nowNanos) {
    if (last != null) {
      count(last, nowNanos, false);
    }
    if (failed != null) {
      count(failed, nowNanos, true);
    }
    last = null;
    failed = null;
    sinceNanos = 0;
    waitNanos = 0;
    tagged = 0;
    shard = Target.ANY;
    shards = null;
    server = null;
  }

  private void count(Plan plan, long nowNanos, boolean fails) {
    long nanos = nowNanos - (sinceNanos == 0 ? session.batch().startedNanos() : sinceNanos);
    session
        .texts()
        .counts()
        .add(plan.fingerprint(), fails, rows, nanos, Math.min(nanos, waitNanos));
    Latencies latencies = session.service().meters().latencies();
    if (shards != null) {
      latencies.tookSeveral(nanos);
    } else if (server != null) {
      latencies.took(shard, server, nanos);
    }
    SlowLog slow = session.shared().slowLog();
    if (nanos >= slow.overNanos()) {
      slow.tell(slow(plan, nanos, fails), nowNanos);
    }
    sinceNanos = nowNanos;
    waitNanos = 0;
    rows = 0;
  }

  private SlowStatement slow(Plan plan, long nanos, boolean fails) {
    List<Integer> several = shards;
    String one = shard < 0 ? "" : Integer.toString(shard);
    return new SlowStatement(
        plan,
        session.identity().user(),
        session.service().store(),
        several == null ? one : several.toString().replace(" ", ""),
        server == null ? "" : server,
        nanos,
        waitNanos,
        rows,
        fails);
  }
}

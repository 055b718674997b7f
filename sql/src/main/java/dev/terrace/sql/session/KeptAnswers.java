package dev.terrace.sql.session;

import dev.terrace.sql.cache.Kept;
import dev.terrace.sql.cache.NotKept;
import dev.terrace.sql.cache.Recording;
import dev.terrace.sql.cache.RequestKey;
import dev.terrace.sql.cache.RequestKey.Form;
import dev.terrace.sql.cache.StoreCache;
import dev.terrace.sql.cache.Turn;
import dev.terrace.sql.cache.Verdict;
import dev.terrace.sql.plan.CacheTerms;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Frontend;
import dev.terrace.sql.wire.FrontendScanner;
import dev.terrace.sql.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers a session's reads out of what is kept, and has what servers answer kept for others.
 *
 * <p>A portal is answered when its Bind comes, if the Describe and Execute that follow are there
 * too: drivers send them together. Then no server is needed, whatever stands before it in the
 * pipeline; else all goes its usual way.
 */
final class KeptAnswers {

  private static final int HEADER = 5;

  /** With P and an empty name. */
  private static final int DESCRIBE_SIZE = HEADER + 2;

  /** With an empty name and a number of rows. */
  private static final int EXECUTE_SIZE = HEADER + 5;

  private final Session session;
  private final FrontendScanner scanner;

  /** What will record the answer to the statement that is sent next. */
  private @Nullable Recording armed;

  /** What records the description of a statement that is to run on several shards. */
  private @Nullable Recording described;

  /** What records an answer that others may wait for. */
  private @Nullable Recording leading;

  private final FillWait wait;

  KeptAnswers(Session session, FrontendScanner scanner) {
    this.session = session;
    this.scanner = scanner;
    this.wait = new FillWait(session);
  }

  /** Whether the session waits for what another has asked already. */
  boolean isWaiting() {
    return wait.isWaiting();
  }

  /** Gives up waiting. */
  void cancel() {
    wait.cancel();
  }

  /** Another statement begins. */
  void begin() {
    armed = null;
    described = null;
  }

  /** The batch is over: what it has not recorded by now it never will. */
  void over() {
    if (leading != null) {
      leading.abandon(NotKept.ANSWER);
      leading = null;
    }
  }

  /** The client is gone. */
  void close() {
    wait.close();
    over();
  }

  /** The client takes no more for now: others who wait for its answer are not to wait for that. */
  void heldUp() {
    if (leading != null) {
      leading.letGo();
    }
  }

  /**
   * Answers a simple query, if that is kept, or waits for another's answer to it; else the server's
   * answer perhaps is kept.
   */
  boolean answers(Plan plan, ByteBuf message) {
    StoreCache cache = session.shared().cache();
    if (!cache.isOn() || !isKeepable(cache, plan)) {
      return false;
    }
    byte[] text = new byte[message.readableBytes() - HEADER];
    message.getBytes(message.readerIndex() + HEADER, text);
    RequestKey key = key(Form.SIMPLE, text);
    Kept kept = cache.find(key);
    if (kept == null) {
      return waits(cache, plan, key, true);
    }
    session.write(kept.answer());
    session.batch().tally().answered(plan, kept.complete());
    session.batch().readyHere();
    return true;
  }

  /** Whether another's answer is waited for; else the server's is recorded, if it can be kept. */
  private boolean waits(StoreCache cache, Plan plan, RequestKey key, boolean leads) {
    Optional<FillWait.Place> place = wait.place();
    return switch (cache.turn(plan, key, leads, place)) {
      case Turn.Waits() -> {
        place.ifPresent(wait::begin);
        yield true;
      }
      case Turn.Asks(Recording recording) -> {
        armed = recording;
        leading = leads ? recording : leading;
        yield false;
      }
    };
  }

  /** Whether the statement's result may be kept, and this session may use one that is. */
  private boolean isKeepable(StoreCache cache, Plan plan) {
    return switch (cache.verdict(plan)) {
      case Verdict.Unasked unasked -> false;
      case Verdict.Not(NotKept why, String reason) -> {
        cache.passedBy(why);
        yield false;
      }
      case Verdict.Keep keep -> {
        NotKept obstacle = obstacle();
        if (obstacle != null) {
          cache.passedBy(obstacle);
        }
        yield obstacle == null;
      }
    };
  }

  private @Nullable NotKept obstacle() {
    boolean inTransaction =
        session.transaction().state() != Transaction.State.NONE
            || session.transaction().hasSet()
            || session.writes().uncommitted()
            || !session.branches().isEmpty()
            || session.status() != 'I';
    if (inTransaction) {
      return NotKept.IN_TRANSACTION;
    }
    boolean apart =
        session.identity().keepsServers()
            || session.link().pinnedShard() != Target.ANY
            || session.link().own().owner().hasLeftUnknown()
            || session.writes().follows()
            || session.retries().hasLostServer()
            // All statements of a pipeline might have to see the same.
            || session.state().mode().choosesIsolation();
    return apart ? NotKept.SESSION : null;
  }

  private RequestKey key(Form form, byte[] request) {
    return new RequestKey(
        session.service().store(), session.account().user(), session.settings(), form, request);
  }

  /** Where the statement is to run: a replica might lack what the tables' numbers tell of. */
  Target target(Target wanted) {
    if (armed != null && wanted.isCoordinator()) {
      armed.abandon(NotKept.COORDINATOR);
      armed = null;
    }
    return armed == null ? wanted : wanted.onPrimary();
  }

  /** The statement has been sent; its answer comes next. */
  void records() {
    Recording next = armed;
    armed = null;
    if (next != null) {
      session.replies().expect(Expect.recording(next));
    }
  }

  /** The shards that it is to run on, where primaries answer if that is recorded. */
  Decision.Scatter where(Decision.Scatter wanted) {
    return armed == null
        ? wanted
        : new Decision.Scatter(
            wanted.shards(), wanted.readOnly(), false, wanted.joins(), wanted.gather());
  }

  /** The description of a statement on several shards comes next, its rows later. */
  void describes() {
    Recording next = armed;
    records();
    described = next;
  }

  /** What records the rows of several shards from now on; null if nothing does. */
  @Nullable Recording overShards() {
    Recording next = armed == null ? described : armed;
    armed = null;
    described = null;
    return next;
  }

  /**
   * Answers a Bind with what follows it, if that is kept, or waits for another's answer to it; else
   * the server's answer perhaps is kept.
   *
   * @throws ProtocolViolation if a message that follows is malformed
   */
  boolean answersBind(ByteBuf message) throws ProtocolViolation {
    begin();
    StoreCache cache = session.shared().cache();
    int nameAt = message.readerIndex() + HEADER + 1;
    if (!cache.isOn() || message.getByte(nameAt - 1) != 0) {
      return false;
    }
    int nameEnd = message.indexOf(nameAt, message.writerIndex(), (byte) 0);
    Statement statement =
        nameEnd < 0
            ? null
            : session
                .extended()
                .statements()
                .get(message.toString(nameAt, nameEnd - nameAt, StandardCharsets.UTF_8));
    if (statement == null) {
      return false;
    }
    Plan plan = statement.plan(session.service().planner());
    if (!isKeepable(cache, plan)) {
      return false;
    }
    int boundAt = nameEnd + 1;
    int bound = message.writerIndex() - boundAt;
    Form form = following(scanner.waiting());
    if (form == null || !session.extended().pipeline().isAnswerable(statement)) {
      cache.passedBy(NotKept.PORTIONS);
      return false;
    }
    if (CacheTerms.speaksOfNow(message.toString(boundAt, bound, StandardCharsets.ISO_8859_1))) {
      cache.passedBy(NotKept.UNSTEADY);
      return false;
    }
    byte[] text = statement.text().bytes();
    byte[] request = new byte[text.length + bound];
    System.arraycopy(text, 0, request, 0, text.length);
    message.getBytes(boundAt, request, text.length, bound);
    RequestKey key = key(form, request);
    Kept kept = cache.find(key);
    // Else the answer might be long in coming, for what goes before it or is yet to be sent.
    boolean leads = isSynced(scanner.waiting(), form) && !session.replies().awaitsServer();
    if (kept == null) {
      return waits(cache, plan, key, leads);
    }
    session.batch().tally().asks(plan);
    answer(plan, kept, form);
    return true;
  }

  private void answer(Plan plan, Kept kept, Form form) throws ProtocolViolation {
    ExtendedQuery extended = session.extended();
    extended.putPortal("", null);
    extended.pipeline().answerPrepared();
    extended.pipeline().answer(Answers.bindComplete());
    extended.pipeline().answer(kept.answer());
    session.batch().tally().answered(plan, kept.complete());
    for (int i = form == Form.DESCRIBED ? 2 : 1; i > 0; i--) {
      ByteBuf answered = scanner.next();
      if (answered != null) {
        session.retries().note(answered);
        answered.release();
      }
    }
  }

  /** How the unnamed portal is run by the messages that follow; null if not all at once. */
  private static @Nullable Form following(ByteBuf waiting) {
    int at = waiting.readerIndex();
    if (isExecute(waiting, at)) {
      return Form.BARE;
    }
    int size = DESCRIBE_SIZE;
    boolean describes =
        waiting.writerIndex() - at >= size
            && waiting.getByte(at) == Frontend.DESCRIBE
            && waiting.getInt(at + 1) == size - 1
            && waiting.getByte(at + HEADER) == 'P';
    return describes && isExecute(waiting, at + size) ? Form.DESCRIBED : null;
  }

  /** Whether the messages by which the portal is run have the server send its answer at once. */
  private static boolean isSynced(ByteBuf waiting, Form form) {
    int at = waiting.readerIndex() + EXECUTE_SIZE + (form == Form.DESCRIBED ? DESCRIBE_SIZE : 0);
    byte next = at < waiting.writerIndex() ? waiting.getByte(at) : 0;
    return next == Frontend.SYNC || next == Frontend.FLUSH;
  }

  /** Whether there is an Execute of the unnamed portal that wants all rows. */
  private static boolean isExecute(ByteBuf waiting, int at) {
    int size = EXECUTE_SIZE;
    return waiting.writerIndex() - at >= size
        && waiting.getByte(at) == Frontend.EXECUTE
        && waiting.getInt(at + 1) == size - 1
        && waiting.getInt(at + HEADER + 1) == 0;
  }
}

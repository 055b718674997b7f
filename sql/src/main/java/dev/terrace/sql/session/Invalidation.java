package dev.terrace.sql.session;

import dev.terrace.sql.cache.StoreCache;
import dev.terrace.sql.cache.Touched;
import dev.terrace.sql.cache.Writing;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.StatementKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells what is kept of results of the session's writes. What a transaction writes nobody can see
 * before its end, so it is told then; all else is told before it is sent. Either is over once the
 * server has said how it ended.
 */
final class Invalidation {

  private final Session session;

  /** What the open transaction has written. */
  private Touched pending = Touched.NOTHING;

  /** What others may be able to see already. */
  private final List<Writing> begun = new ArrayList<>();

  private boolean rollsBack;

  /** Whether something was written while nothing was kept, so that nobody was told. */
  private boolean untold;

  Invalidation(Session session) {
    this.session = session;
  }

  private StoreCache cache() {
    return session.shared().cache();
  }

  /** A statement is sent. */
  void sends(Plan plan) {
    if (plan.kind() == StatementKind.COMMIT) {
      commits();
    } else if (plan.kind() == StatementKind.ROLLBACK) {
      rollsBack = true;
    } else if (!plan.effects().isHarmless() && plan.kind() != StatementKind.READ) {
      writes(Touched.NOTHING.and(plan.effects()));
    }
  }

  /** Something is sent of which nobody knows what it writes. */
  void sendsUnknown() {
    writes(Touched.ANY_TABLE);
  }

  private void writes(Touched touched) {
    if (!cache().isOn()) {
      untold = true;
    } else if (session.transaction().state() == Transaction.State.NONE) {
      begun.add(cache().begin(touched));
    } else {
      pending = pending.and(touched);
    }
  }

  /** The end of the transaction is sent, which makes it last. */
  void commits() {
    if (!pending.isNothing()) {
      begun.add(cache().begin(pending));
      pending = Touched.NOTHING;
    }
  }

  /** The end of the transaction is sent, which undoes it. */
  void rollsBack() {
    rollsBack = true;
  }

  /**
   * All that was sent has ended.
   *
   * @param surely whether it is known how
   */
  void over(boolean surely) {
    if (!rollsBack) {
      // It has ended in a way that was not seen coming.
      commits();
    }
    pending = Touched.NOTHING;
    rollsBack = false;
    if (!begun.isEmpty()) {
      begun.forEach(surely ? cache()::end : cache()::leave);
      begun.clear();
    }
    if (untold) {
      untold = false;
      if (cache().isOn()) {
        cache().forget();
      }
    }
  }

  /** The server in use is lost, or the client that would be told. */
  void lost() {
    if (!begun.isEmpty()) {
      begun.forEach(cache()::leave);
      begun.clear();
    }
    if (session.branches().isEmpty()) {
      pending = Touched.NOTHING;
      rollsBack = false;
    }
  }
}

package dev.terrace.kv.pass;

import dev.terrace.kv.pass.Passage.Verdict;
import io.netty.buffer.ByteBuf;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connection that a client has to a node for itself while it is in a transaction, watches keys,
 * waits in a blocking command, uses another database or is told of changed keys.
 */
final class Own implements NodeConnection.Listener {

  private final Passage passage;
  private final Outlet outlet;
  private @Nullable NodeConnection connection;

  /** Between MULTI and its end. */
  private boolean transaction;

  /** MULTI was answered, but no node was told yet: which one depends on the first key. */
  private boolean unbound;

  /** Between MULTI and its end, where the first key was a row: the commands are queued here. */
  private boolean tables;

  /** Something of the transaction could not be sent. */
  private boolean aborted;

  private boolean watching;
  private boolean tracking;
  private boolean monitoring;

  /** The connection is in a state that cannot be undone. */
  private boolean spoilt;

  private long database;

  Own(Passage passage, Outlet outlet) {
    this.passage = passage;
    this.outlet = outlet;
  }

  boolean none() {
    return connection == null;
  }

  boolean idle() {
    return connection == null || !passage.awaits();
  }

  boolean inTransaction() {
    return transaction;
  }

  boolean listens() {
    return monitoring || tracking;
  }

  boolean blocks() {
    return connection != null && connection.isPatient();
  }

  void unblock(String how, Consumer<String> answer) {
    NodeConnection now = connection;
    if (now == null || !now.isPatient() || now.nodeId() == 0) {
      answer.accept(":0\r\n");
    } else {
      now.unblock(how, answer);
    }
  }

  private boolean needed() {
    return (transaction && !unbound)
        || watching
        || spoilt
        || tracking
        || monitoring
        || database != 0;
  }

  /**
   * The connection to use to a node.
   *
   * @param must whether it must be one of the client's own
   * @return null if it must wait for replies first
   */
  @Nullable NodeConnection connection(NodeLinks links, boolean must) {
    NodeConnection now = connection;
    if (now != null && now.links() == links) {
      return now;
    }
    if (passage.awaits()) {
      return null;
    }
    if (now != null && needed()) {
      return links.shared(passage.version3());
    }
    if (now != null) {
      connection = null;
      now.links().giveBack(now);
    }
    return must ? take(links) : links.shared(passage.version3());
  }

  boolean boundElsewhere(NodeLinks links) {
    NodeConnection now = connection;
    return now != null && now.links() != links && needed();
  }

  private NodeConnection take(NodeLinks links) {
    NodeConnection taken = links.own(passage.version3());
    taken.listener(this);
    connection = taken;
    return taken;
  }

  void settle() {
    NodeConnection now = connection;
    if (now == null || passage.awaits()) {
      return;
    }
    if (now.isLost()) {
      lost(now, "");
    } else if (!needed()) {
      connection = null;
      now.links().giveBack(now);
    }
  }

  /** MULTI, EXEC, DISCARD, WATCH, UNWATCH outside of a transaction. */
  Verdict transaction(PassView view, PassCommand command) {
    return switch (command.kind()) {
      case MULTI -> multi(view);
      case WATCH -> watch(view, command);
      case UNWATCH -> {
        NodeConnection now = connection;
        watching &= passage.frame().words() != 1;
        passage.unwatchTables();
        yield now == null ? passage.answer("+OK\r\n") : passage.forward(now, false);
      }
      default ->
          passage.refuse("ERR " + command.name().toUpperCase(Locale.ROOT) + " without MULTI");
    };
  }

  private Verdict multi(PassView view) {
    NodeConnection now = connection;
    NodeLinks only = view.single() ? passage.directory().first(view) : null;
    if (now == null && only != null) {
      now = connection(only, true);
      if (now == null) {
        return Verdict.HELD;
      }
    }
    if (now != null && (only != null || needed())) {
      transaction = passage.frame().words() == 1;
      return passage.forward(now, false);
    }
    transaction = true;
    unbound = true;
    return passage.answer("+OK\r\n");
  }

  private Verdict watch(PassView view, PassCommand command) {
    KeyPlaces keys = passage.directory().find(command);
    NodeLinks links;
    if (keys.count() == 0) {
      links = passage.directory().first(view);
    } else {
      switch (passage.directory().owners(view)) {
        case Owners.One one -> links = one.links();
        case Owners.Tables() -> {
          return Verdict.LOCAL;
        }
        case Owners.Apart(), Owners.Mixed() -> {
          return passage.refuse(Passage.apart(command));
        }
      }
    }
    if (links == null) {
      return Verdict.LOCAL;
    }
    if (boundElsewhere(links)) {
      return passage.refuse(Passage.apart(command));
    }
    NodeConnection to = connection(links, true);
    if (to == null) {
      return Verdict.HELD;
    }
    watching = true;
    return passage.forward(to, false);
  }

  Verdict queue(PassView view, PassCommand command) {
    return switch (command.kind()) {
      case EXEC, DISCARD -> end(command);
      case HELLO -> Verdict.LOCAL;
      case RESET -> {
        if (passage.awaits()) {
          yield Verdict.HELD;
        }
        letGo();
        yield Verdict.LOCAL;
      }
      case LOCAL -> command.name().equals("ping") ? bound(view, command) : Verdict.LOCAL;
      case SUBSCRIBE, UNSUBSCRIBE, MONITOR, REFUSED ->
          abort("ERR Command not allowed inside a transaction", "");
      case MULTI -> unbound ? passage.refuse("ERR MULTI calls can not be nested") : raw();
      case SELECT, CLIENT -> {
        if (!view.single() || Special.reachesOthers(passage.frame())) {
          yield abort("ERR Command not allowed inside a transaction", "");
        }
        spoilt = true;
        yield bound(view, command);
      }
      default -> bound(view, command);
    };
  }

  boolean inTransactionOfTables() {
    return tables;
  }

  /** A command within a transaction of tables, which are queued where rows are changed. */
  Verdict queueForTables(PassCommand command) {
    switch (command.kind()) {
      case EXEC, DISCARD -> tables = passage.frame().words() != 1;
      case RESET -> tables = false;
      default -> {
        // Queued, or refused as what no table has.
      }
    }
    return Verdict.LOCAL;
  }

  void refusedInTransaction() {
    aborted |= transaction;
  }

  private Verdict raw() {
    NodeConnection now = connection;
    return now == null ? Verdict.LOCAL : passage.forward(now, false);
  }

  private Verdict abort(String error, String more) {
    aborted = true;
    return passage.refuse(error + more);
  }

  private Verdict bound(PassView view, PassCommand command) {
    NodeLinks links = connection == null ? passage.directory().first(view) : connection.links();
    KeyPlaces keys = passage.directory().find(command);
    if (keys.count() > 0 && command.kind() != PassCommand.Kind.PUBLISH) {
      Owners owners = passage.directory().owners(view);
      if (owners instanceof Owners.Tables && unbound && !aborted && !watching) {
        transaction = false;
        unbound = false;
        tables = true;
        passage.beginForTables();
        return Verdict.LOCAL;
      }
      if (!(owners instanceof Owners.One one)) {
        return abort(Passage.apart(command), "; a transaction is on one node");
      }
      links = one.links();
    }
    if (passage.watchesTables()) {
      return abort("CROSSSLOT rows of tables are watched", "; a transaction is on one node");
    }
    if (links == null) {
      return abort("ERR there is no kv.default for '" + command.name() + "' to go to", "");
    }
    if (!unbound && connection != null && links != connection.links()) {
      return abort(Passage.apart(command), "; a transaction is on one node");
    }
    NodeConnection to = connection(links, true);
    if (to == null) {
      return Verdict.HELD;
    }
    if (passage.congested(to)) {
      return Verdict.HELD;
    }
    if (unbound) {
      unbound = false;
      to.await(Awaiting.ignored(error -> passage.bereft()));
      to.send(Requests.of("MULTI"));
    }
    return passage.forward(to, false);
  }

  private Verdict end(PassCommand command) {
    boolean exec = command.kind() == PassCommand.Kind.EXEC;
    boolean wasAborted = aborted;
    boolean wasUnbound = unbound;
    NodeConnection now = connection;
    if (passage.frame().words() == 1) {
      passage.unwatchTables();
      transaction = false;
      unbound = false;
      aborted = false;
      watching = false;
    }
    if (now != null && !wasUnbound && !(exec && wasAborted)) {
      return passage.forward(now, false);
    }
    if (now != null && (!wasUnbound || wasAborted)) {
      passage.awaitsMore();
      to(now, wasUnbound ? "UNWATCH" : "DISCARD");
    }
    if (wasAborted && exec) {
      return passage.refuse("EXECABORT Transaction discarded because of previous errors.");
    }
    return passage.answer(exec ? "*0\r\n" : "+OK\r\n");
  }

  private void to(NodeConnection now, String word) {
    now.await(new WholeReply(reply -> passage.repliedUnseen(), error -> passage.repliedUnseen()));
    now.send(Requests.of(word));
  }

  void database(long number) {
    database = number;
  }

  void tracking(boolean on) {
    tracking = on;
  }

  void monitoring() {
    monitoring = true;
  }

  void hello(long version) {
    NodeConnection now = connection;
    if (now != null) {
      now.speak(version, passage::bereft);
    }
  }

  @Override
  public void heard(NodeConnection from, ByteBuf frame) {
    outlet.push(frame, frame.readerIndex(), frame.readableBytes());
    if (!outlet.isWritable()) {
      from.reading(false);
    }
    passage.home().touched(passage);
  }

  @Override
  public void lost(NodeConnection from, String error) {
    if (from == connection) {
      connection = null;
      boolean mourned = needed();
      clear();
      if (mourned) {
        passage.bereft();
      }
    }
  }

  void reading(boolean on) {
    if (connection != null) {
      connection.reading(on);
    }
  }

  private void clear() {
    transaction = false;
    tables = false;
    unbound = false;
    aborted = false;
    watching = false;
    tracking = false;
    monitoring = false;
    spoilt = false;
    database = 0;
  }

  void letGo() {
    NodeConnection now = connection;
    boolean clean = !needed() && !passage.awaits();
    connection = null;
    clear();
    if (now != null) {
      now.listener(null);
      if (clean) {
        now.links().giveBack(now);
      } else {
        now.close();
      }
    }
  }

  void close() {
    letGo();
  }
}

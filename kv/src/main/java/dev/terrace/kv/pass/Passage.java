package dev.terrace.kv.pass;

import dev.terrace.kv.acl.User;
import dev.terrace.kv.command.Session;
import dev.terrace.kv.resp.ProtocolError;
import dev.terrace.kv.resp.RequestParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One client's way to the nodes: takes its requests, sends those for nodes on as they are, and
 * leaves the others to be executed here. All on the client's event loop.
 *
 * <p>Commands share a connection to each node with those of other clients. A client that must have
 * one for itself has an {@link Own}; it changes from one to the other only when all its replies
 * have come, so that its commands are done in their order.
 */
public final class Passage {

  /** What is returned for a request that was sent on, or answered. */
  private static final byte[][] TAKEN = {};

  private static final String NO_USER = "NOAUTH Authentication required.";

  /** What becomes of a request. */
  enum Verdict {
    TAKEN,
    LOCAL,
    HELD
  }

  private final Session session;
  private final PassTier tier;
  private final LoopNodes home;
  private final Outlet outlet;
  private final RequestFrame frame = new RequestFrame(Unpooled.EMPTY_BUFFER);
  private final Directory directory;
  private final Rights rights;
  private final Own own;
  private final Subscriptions subscriptions;
  private final Fanout fanout;
  private final Special special;
  private final Moving moving;
  private @Nullable ByteBuf inline;
  private boolean held;
  private @Nullable NodeConnection congested;
  private int outstanding;

  /** Kept by {@link LoopNodes}. */
  boolean touched;

  /** A client's passage, with where its replies go. */
  public Passage(Session session, PassTier tier, EventLoop loop, Outlet outlet) {
    this.session = session;
    this.tier = tier;
    this.home = tier.of(loop);
    this.outlet = outlet;
    this.directory = new Directory(home, frame);
    this.rights = new Rights(frame, directory);
    this.own = new Own(this, outlet);
    this.subscriptions = new Subscriptions(this, outlet);
    this.fanout = new Fanout(this, outlet);
    this.moving = new Moving(this);
    this.special = new Special(this, own, subscriptions, outlet);
    tier.welcome(session.client().id(), this);
  }

  /**
   * Takes one request off the buffer.
   *
   * @return the words of one that is to be executed here, none if it is cared for already, or null
   *     if more bytes are needed or it must wait
   */
  public byte @Nullable [][] next(
      @Nullable ByteBuf unparsed, RequestParser.Limits limits, RequestParser parser)
      throws ProtocolError {
    held = false;
    congested = null;
    ByteBuf in = inline == null ? unparsed : inline;
    if (in == null) {
      return null;
    }
    PassView view = tier.view();
    boolean passes = view.active() && session.client().authenticated() && !parser.within();
    if (inline == null && !passes) {
      frame.clear();
      return parser.next(in, limits);
    }
    return switch (frame.scan(in, limits)) {
      case PART -> null;
      case WHOLE -> decide(in, view);
      case OTHER -> {
        frame.clear();
        byte[][] words = parser.next(in, limits);
        if (words == null || words.length == 0) {
          yield words;
        }
        inline = Requests.of(words);
        yield next(unparsed, limits, parser);
      }
    };
  }

  private byte @Nullable [][] decide(ByteBuf in, PassView view) {
    Verdict verdict = take(view);
    if (verdict == Verdict.HELD) {
      held = true;
      return null;
    }
    moving.next();
    byte[][] words = verdict == Verdict.LOCAL ? frame.copy() : TAKEN;
    if (inline != null) {
      in.release();
      inline = null;
    } else {
      in.readerIndex(frame.start() + frame.length());
    }
    frame.clear();
    return words;
  }

  /** Whether no request can be taken now. */
  public boolean mustWait() {
    NodeConnection slow = congested;
    return (slow != null && !slow.takesMore())
        || moving.underWay()
        || subscriptions.unconfirmed()
        || (held && !outlet.isEmpty());
  }

  /** Whether the client waits for what is not a reply. */
  public boolean listens() {
    return own.listens() || subscriptions.any();
  }

  /** Whether the client waits for what other clients do, perhaps for ever. */
  public boolean blocks() {
    return own.blocks();
  }

  private Verdict take(PassView view) {
    PassCommand known = PassCommands.of(frame);
    PassCommand command = known == null ? PassCommands.UNKNOWN : known;
    if (own.inTransactionOfTables()) {
      return own.queueForTables(command);
    }
    User user = session.client().user(session.service().served().users());
    String denied = user == null ? NO_USER : rights.denied(user, command);
    if (denied != null) {
      own.refusedInTransaction();
      return refuse(denied);
    }
    if (subscriptions.restricts()) {
      return subscriptions.restricted(view, command);
    }
    if (view.moving() && !moving.placed(view, command)) {
      return Verdict.HELD;
    }
    String obstacle = moving.obstacle();
    if (obstacle != null) {
      own.refusedInTransaction();
      return refuse(obstacle);
    }
    tier.count(command);
    session.client().command(command.name());
    if (own.inTransaction()) {
      return own.queue(view, command);
    }
    return switch (command.kind()) {
      case KEYS, SUMMED, LISTED, PAIRS -> keyed(view, command);
      case FIRST -> first(view);
      case ALL, SUM, JOIN, SCAN, RANDOM, SCRIPT, CONFIG, PUBSUB -> fanned(view, command);
      case PUBLISH -> publish(view);
      case SUBSCRIBE, UNSUBSCRIBE ->
          view.defaultStore() == null ? Verdict.LOCAL : subscriptions.change(view, command);
      case MULTI, EXEC, DISCARD, WATCH, UNWATCH -> own.transaction(view, command);
      case SELECT, CLIENT, MONITOR, WAIT -> special.take(view, command);
      case LOCAL -> Verdict.LOCAL;
      case HELLO -> special.hello();
      case RESET -> special.reset();
      case REFUSED ->
          refuse(
              "ERR command '"
                  + command.name()
                  + "' is refused: it is for who operates a node; send it to the node itself");
    };
  }

  private Verdict keyed(PassView view, PassCommand command) {
    KeyPlaces keys = directory.find(command);
    if (keys.count() == 0) {
      return first(view);
    }
    Owners owners = directory.owners(view);
    return switch (owners) {
      case Owners.One one -> send(one.links(), command);
      case Owners.Tables() -> Verdict.LOCAL;
      case Owners.Mixed() ->
          refuse("CROSSSLOT some of the keys are rows of tables, the others are in Redis stores");
      case Owners.Apart() ->
          switch (command.kind()) {
            case SUMMED, LISTED, PAIRS ->
                own.idle() ? fanout.split(view, command, keys) : Verdict.HELD;
            default -> refuse(apart(command));
          };
    };
  }

  static String apart(PassCommand command) {
    return "CROSSSLOT the keys of '"
        + command.name()
        + "' are on different nodes; keys with the same {tag} in their names are on the same node";
  }

  private Verdict first(PassView view) {
    NodeLinks links = directory.first(view);
    return links == null ? Verdict.LOCAL : send(links, PassCommands.UNKNOWN);
  }

  private Verdict publish(PassView view) {
    NodeLinks links = directory.channel(view, 1);
    return links == null ? Verdict.LOCAL : send(links, PassCommands.UNKNOWN);
  }

  private Verdict fanned(PassView view, PassCommand command) {
    NodeLinks[] nodes = directory.all(view);
    if (nodes.length == 0) {
      return Verdict.LOCAL;
    }
    if (command.kind() == PassCommand.Kind.SCRIPT && frame.is(1, "KILL")) {
      // Behind the script that it is to end it would wait for that.
      NodeConnection to = nodes.length == 1 ? own.connection(nodes[0], true) : null;
      if (to != null) {
        return forward(to, false);
      }
    }
    if (nodes.length == 1) {
      return send(nodes[0], PassCommands.UNKNOWN);
    }
    if (!own.idle()) {
      return Verdict.HELD;
    }
    return fanout.all(nodes, command);
  }

  /** Sends the request at hand to a node. */
  private Verdict send(NodeLinks links, PassCommand command) {
    boolean blocks = command.mayWait(frame);
    NodeConnection to;
    if (blocks || !own.none()) {
      if (blocks && own.boundElsewhere(links)) {
        return refuse(apart(command) + ", as those that are watched must be");
      }
      to = own.connection(links, blocks);
      if (to == null) {
        return Verdict.HELD;
      }
    } else {
      to = links.shared(session.client().version3());
    }
    return congested(to) ? Verdict.HELD : forward(to, blocks);
  }

  /** Whether a node is slow to take what it was sent; then the client goes on when it is not. */
  boolean congested(NodeConnection to) {
    if (to.takesMore()) {
      return false;
    }
    congested = to;
    to.hold(this);
    return true;
  }

  /** Sends the request at hand on a connection; the client gets the reply. */
  Verdict forward(NodeConnection to, boolean patient) {
    if (to.last() instanceof RunToClient run
        && run.passage() == this
        && run.patient == patient
        && outlet.isLast(run.place)) {
      to.awaitOneMore(run);
    } else {
      if (to.waiting() >= tier.waitingMax()) {
        return refuse(
            "BUSY "
                + tier.waitingMax()
                + " commands wait for "
                + to.links().node().text()
                + " (kv.max-node-waiting)");
      }
      RunToClient run = new RunToClient(this, outlet, to, outlet.reserve());
      run.patient = patient;
      outstanding++;
      to.await(run);
    }
    to.send(frame.buffer(), frame.start(), frame.length());
    return Verdict.TAKEN;
  }

  Verdict refuse(String error) {
    outlet.ready(("-" + error + "\r\n").getBytes(StandardCharsets.UTF_8));
    return Verdict.TAKEN;
  }

  Verdict answer(String reply) {
    outlet.ready(reply.getBytes(StandardCharsets.UTF_8));
    return Verdict.TAKEN;
  }

  RequestFrame frame() {
    return frame;
  }

  Own own() {
    return own;
  }

  Directory directory() {
    return directory;
  }

  PassTier tier() {
    return tier;
  }

  LoopNodes home() {
    return home;
  }

  /** A transaction that has begun is one of tables. */
  void beginForTables() {
    session.beginTransaction();
  }

  boolean watchesTables() {
    return session.watches();
  }

  void broken() {
    session.end();
  }

  /** Keys of tables are watched no more. */
  void unwatchTables() {
    session.unwatch();
  }

  boolean version3() {
    return session.client().version3();
  }

  /** Whether a node owes it anything. */
  boolean awaits() {
    return outstanding > 0;
  }

  /** {@link #replied} must follow. */
  void awaitsMore() {
    outstanding++;
  }

  void replied() {
    outstanding--;
    own.settle();
  }

  void repliedUnseen() {
    replied();
    home.touched(this);
  }

  void goOn() {
    outlet.goOn();
  }

  /** The client takes more, after it did not. */
  public void writable() {
    own.reading(true);
    subscriptions.reading(true);
  }

  /** A connection that this client relied on is gone, and it must know. */
  void bereft() {
    session.closeAfterReplies();
    home.touched(this);
  }

  /** The client is gone. */
  public void close() {
    tier.leave(session.client().id());
    if (inline != null) {
      inline.release();
      inline = null;
    }
    own.close();
    subscriptions.letGo();
  }
}

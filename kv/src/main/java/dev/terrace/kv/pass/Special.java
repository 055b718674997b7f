package dev.terrace.kv.pass;

import dev.terrace.kv.pass.Passage.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Commands about a connection that only a connection of the client's own can do. */
final class Special {

  private final Passage passage;
  private final Own own;
  private final Subscriptions subscriptions;
  private final Outlet outlet;

  Special(Passage passage, Own own, Subscriptions subscriptions, Outlet outlet) {
    this.subscriptions = subscriptions;
    this.passage = passage;
    this.own = own;
    this.outlet = outlet;
  }

  /** SELECT, CLIENT, MONITOR and WAIT. */
  Verdict take(PassView view, PassCommand command) {
    if (command.kind() == PassCommand.Kind.CLIENT && passage.frame().is(1, "UNBLOCK")) {
      return unblock();
    }
    NodeLinks only = view.single() ? passage.directory().first(view) : null;
    if (only == null || only.node().database() != 0) {
      return switch (command.kind()) {
        case CLIENT, SELECT -> Verdict.LOCAL;
        default -> passage.refuse("ERR '" + command.name() + "' needs a kv.default of one node");
      };
    }
    return switch (command.kind()) {
      case SELECT -> select(only);
      case CLIENT -> client(only);
      case MONITOR -> monitor(only);
      default -> await(only);
    };
  }

  /** Whether the request is of CLIENT's that act on connections which are not the client's own. */
  static boolean reachesOthers(RequestFrame frame) {
    return frame.is(1, "KILL")
        || frame.is(1, "PAUSE")
        || frame.is(1, "UNPAUSE")
        || frame.is(1, "UNBLOCK")
        || frame.is(1, "REPLY");
  }

  private Verdict monitor(NodeLinks only) {
    NodeConnection to = own.connection(only, true);
    if (to == null) {
      return Verdict.HELD;
    }
    own.monitoring();
    return passage.forward(to, false);
  }

  private Verdict await(NodeLinks only) {
    NodeConnection to = own.connection(only, true);
    if (to == null) {
      return Verdict.HELD;
    }
    // WAIT is about what its connection has seen: so that one sees what the others wrote.
    to.await(Awaiting.ignored(error -> {}));
    to.send(Requests.of("PING"));
    return passage.forward(to, true);
  }

  private Verdict select(NodeLinks only) {
    NodeConnection to = own.connection(only, true);
    if (to == null) {
      return Verdict.HELD;
    }
    long number = passage.frame().number(1);
    if (passage.frame().words() == 2 && number >= 0) {
      own.database(number);
    }
    return passage.forward(to, false);
  }

  private Verdict client(NodeLinks only) {
    RequestFrame frame = passage.frame();
    boolean turned = frame.is(1, "TRACKING");
    if (!turned
        && !frame.is(1, "CACHING")
        && !frame.is(1, "TRACKINGINFO")
        && !frame.is(1, "GETREDIR")) {
      return Verdict.LOCAL;
    }
    NodeConnection to = own.connection(only, true);
    if (to == null) {
      return Verdict.HELD;
    }
    if (turned) {
      own.tracking(frame.is(2, "ON"));
    }
    return passage.forward(to, false);
  }

  /** CLIENT UNBLOCK: of a client that may be on another loop. */
  private Verdict unblock() {
    RequestFrame frame = passage.frame();
    boolean error = frame.is(3, "ERROR");
    if (frame.words() > 4 || (frame.words() == 4 && !error && !frame.is(3, "TIMEOUT"))) {
      return passage.refuse("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
    }
    long id = frame.number(2);
    if (id < 0) {
      return passage.refuse("ERR value is not an integer or out of range");
    }
    Passage other = passage.tier().passage(id);
    if (other == null) {
      return passage.answer(":0\r\n");
    }
    Outlet.Place place = outlet.reserve();
    passage.awaitsMore();
    Consumer<String> answer =
        reply ->
            passage
                .home()
                .loop()
                .execute(() -> {
                  ByteBuf line = Unpooled.wrappedBuffer(reply.getBytes(StandardCharsets.UTF_8));
                  outlet.part(place, line, 0, line.readableBytes(), true);
                  outlet.done(place);
                  passage.replied();
                  passage.home().touched(passage);
                });
    other.home().loop().execute(() -> other.own().unblock(error ? "ERROR" : "TIMEOUT", answer));
    return Verdict.TAKEN;
  }

  /** HELLO, which Terrace answers, and the connections that are the client's own must know. */
  Verdict hello() {
    if (!own.none() && passage.awaits()) {
      return Verdict.HELD;
    }
    long version = passage.frame().number(1);
    if (version == 2 || version == 3) {
      own.hello(version);
      subscriptions.hello(version);
    }
    return Verdict.LOCAL;
  }

  /** RESET and QUIT, once all before is answered. */
  Verdict reset() {
    if (!outlet.isEmpty()) {
      return Verdict.HELD;
    }
    own.letGo();
    subscriptions.letGo();
    return Verdict.LOCAL;
  }
}

package dev.terrace.kv.pass;

import dev.terrace.kv.pass.Passage.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What channels a client listens to, on a connection of its own to each node that has some. A
 * channel is on the node that a key of its name would be on, a pattern is listened to on all nodes.
 * Confirmations are counted here, since each node knows only of its own channels.
 */
final class Subscriptions implements NodeConnection.Listener {

  /** A confirmation that is owed to the client. */
  private static final class Owed {
    final String kind;
    final @Nullable String name;
    int missing;
    byte @Nullable [] error;

    Owed(String kind, @Nullable String name, int missing) {
      this.kind = kind;
      this.name = name;
      this.missing = missing;
    }
  }

  private final Passage passage;
  private final Outlet outlet;
  private final Map<NodeLinks, NodeConnection> connections = new HashMap<>();
  private final Set<String> channels = new LinkedHashSet<>();
  private final Set<String> patterns = new LinkedHashSet<>();
  private final Set<String> shards = new LinkedHashSet<>();
  private final Deque<Owed> owed = new ArrayDeque<>();

  Subscriptions(Passage passage, Outlet outlet) {
    this.passage = passage;
    this.outlet = outlet;
  }

  boolean any() {
    return !channels.isEmpty() || !patterns.isEmpty() || !shards.isEmpty();
  }

  /** Whether confirmations are to come, before which nothing else may be done. */
  boolean unconfirmed() {
    return !owed.isEmpty();
  }

  /** Whether the client may do nothing but listen, as in RESP2. */
  boolean restricts() {
    return any() && !passage.version3();
  }

  /** A command of a client that may do nothing but listen. */
  Verdict restricted(PassView view, PassCommand command) {
    return switch (command.kind()) {
      case SUBSCRIBE, UNSUBSCRIBE -> change(view, command);
      case RESET -> {
        letGo();
        yield Verdict.LOCAL;
      }
      case LOCAL -> command.name().equals("ping") ? pong() : refuse(command);
      default -> refuse(command);
    };
  }

  private Verdict refuse(PassCommand command) {
    String name =
        passage
            .frame()
            .buffer()
            .toString(
                passage.frame().start(0), passage.frame().length(0), StandardCharsets.ISO_8859_1);
    return passage.refuse(
        "ERR Can't execute '"
            + (command.number() == PassCommands.UNKNOWN.number() ? name : command.name())
                .toLowerCase(Locale.ROOT)
            + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this"
            + " context");
  }

  private Verdict pong() {
    RequestFrame frame = passage.frame();
    if (frame.words() > 2) {
      return passage.refuse("ERR wrong number of arguments for 'ping' command");
    }
    ByteBuf out = Unpooled.buffer();
    ByteBufUtil.writeAscii(out, "*2\r\n$4\r\npong\r\n");
    Requests.word(out, frame.words() == 2 ? frame.copy(1) : new byte[0]);
    outlet.ready(ByteBufUtil.getBytes(out));
    return Verdict.TAKEN;
  }

  /** SUBSCRIBE and UNSUBSCRIBE of all kinds. */
  Verdict change(PassView view, PassCommand command) {
    RequestFrame frame = passage.frame();
    boolean adds = command.kind() == PassCommand.Kind.SUBSCRIBE;
    if (adds && frame.words() < 2) {
      return passage.refuse("ERR wrong number of arguments for '" + command.name() + "' command");
    }
    if (!outlet.isEmpty()) {
      return Verdict.HELD;
    }
    if (frame.words() == 1) {
      List<String> all = List.copyOf(names(command.name()));
      if (all.isEmpty()) {
        owed.add(new Owed(command.name(), null, 0));
      }
      all.forEach(name -> change(view, command.name(), name, adds));
    } else {
      for (int i = 1; i < frame.words(); i++) {
        change(view, command.name(), text(frame.copy(i)), adds);
      }
    }
    confirm();
    return Verdict.TAKEN;
  }

  private void change(PassView view, String kind, String name, boolean adds) {
    if (!adds && !names(kind).contains(name)) {
      owed.add(new Owed(kind, name, 0));
      return;
    }
    byte[] channel = bytes(name);
    NodeLinks[] nodes = passage.directory().all(view);
    PassStore store = view.defaultStore();
    if (store != null && kind.charAt(0) != 'p') {
      int owner = store.ring().owner(Unpooled.wrappedBuffer(channel), 0, channel.length);
      nodes = new NodeLinks[] {nodes[owner]};
    }
    Owed confirmation = new Owed(kind, name, nodes.length);
    owed.add(confirmation);
    for (NodeLinks node : nodes) {
      ByteBuf request = Requests.of(bytes(kind), channel);
      connection(node).send(request, 0, request.readableBytes());
    }
  }

  private NodeConnection connection(NodeLinks node) {
    NodeConnection known = connections.get(node);
    if (known == null) {
      known = node.own(passage.version3());
      connections.put(node, known);
      known.listener(this);
      if (known.isLost()) {
        lost(known, String.valueOf(known.lossReason()));
      }
    }
    return known;
  }

  private static boolean isShard(String kind) {
    return kind.startsWith("ss") || kind.startsWith("sun");
  }

  private Set<String> names(String kind) {
    return switch (kind.charAt(0)) {
      case 'p' -> patterns;
      case 's' -> isShard(kind) ? shards : channels;
      default -> channels;
    };
  }

  @Override
  public void heard(NodeConnection from, ByteBuf frame) {
    if (!owed.isEmpty() && confirms(frame)) {
      confirm();
    } else {
      outlet.push(frame, frame.readerIndex(), frame.readableBytes());
      if (!outlet.isWritable()) {
        from.reading(false);
      }
    }
    passage.home().touched(passage);
  }

  /** Whether a frame is a confirmation that is owed; then it is noted. */
  private boolean confirms(ByteBuf frame) {
    if (frame.getByte(frame.readerIndex()) == '-') {
      Owed first = owed.getFirst();
      first.missing = 0;
      first.error = ByteBufUtil.getBytes(frame);
      return true;
    }
    List<byte[]> words = Elements.words(frame, 2);
    if (words.size() < 2) {
      return false;
    }
    String kind = text(words.get(0));
    String name = text(words.get(1));
    for (Owed one : owed) {
      if (one.missing > 0 && one.kind.equals(kind) && name.equals(one.name)) {
        one.missing--;
        return true;
      }
    }
    return false;
  }

  /** Tells the client of what is confirmed, in the order of its words. */
  private void confirm() {
    while (!owed.isEmpty() && owed.getFirst().missing == 0) {
      Owed one = owed.removeFirst();
      byte[] error = one.error;
      if (error != null) {
        outlet.ready(error);
        continue;
      }
      Set<String> names = names(one.kind);
      String name = one.name;
      if (name != null && one.kind.contains("un")) {
        names.remove(name);
      } else if (name != null) {
        names.add(name);
      }
      int count = isShard(one.kind) ? shards.size() : channels.size() + patterns.size();
      ByteBuf out = Unpooled.buffer();
      ByteBufUtil.writeAscii(out, (passage.version3() ? ">" : "*") + "3\r\n");
      Requests.word(out, bytes(one.kind));
      if (name == null) {
        ByteBufUtil.writeAscii(out, passage.version3() ? "_\r\n" : "$-1\r\n");
      } else {
        Requests.word(out, bytes(name));
      }
      ByteBufUtil.writeAscii(out, ":" + count + "\r\n");
      outlet.push(out, 0, out.readableBytes());
      passage.home().touched(passage);
    }
    if (owed.isEmpty() && !any()) {
      giveBack();
    }
  }

  private void giveBack() {
    connections
        .values()
        .forEach(connection -> {
          connection.listener(null);
          connection.links().giveBack(connection);
        });
    connections.clear();
  }

  @Override
  public void lost(NodeConnection from, String error) {
    if (connections.remove(from.links(), from)) {
      byte[] line = ("-" + error + "\r\n").getBytes(StandardCharsets.UTF_8);
      boolean waited = !owed.isEmpty();
      boolean over = waited || any();
      owed.clear();
      if (waited) {
        outlet.ready(line);
      }
      if (over) {
        // What other nodes say on this client's behalf would come between its replies.
        passage.bereft();
        letGo();
      }
      passage.home().touched(passage);
    }
  }

  void hello(long version) {
    connections.values().forEach(connection -> connection.speak(version, passage::bereft));
  }

  void reading(boolean on) {
    connections.values().forEach(connection -> connection.reading(on));
  }

  /** Listens to nothing any more. */
  void letGo() {
    owed.clear();
    channels.clear();
    patterns.clear();
    shards.clear();
    connections
        .values()
        .forEach(connection -> {
          connection.listener(null);
          connection.close();
        });
    connections.clear();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}

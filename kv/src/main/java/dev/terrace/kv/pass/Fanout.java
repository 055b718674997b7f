package dev.terrace.kv.pass;

import dev.terrace.kv.pass.Passage.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends one command to several nodes and makes one reply of theirs. That is not atomic: each node
 * does its part when it comes to it.
 */
final class Fanout {

  /** A node's number is a SCAN cursor's remainder by this. */
  private static final int CURSOR_NODES = 1024;

  /** Makes one reply of the nodes' replies, none of which is an error. */
  @FunctionalInterface
  private interface Join {
    ByteBuf of(List<ByteBuf> replies);
  }

  private final Passage passage;
  private final Outlet outlet;

  Fanout(Passage passage, Outlet outlet) {
    this.passage = passage;
    this.outlet = outlet;
  }

  /** Replies of several nodes, as they come. */
  private final class Gathering {
    final Outlet.Place place = outlet.reserve();
    final @Nullable ByteBuf[] replies;
    final Join join;
    int missing;

    Gathering(int nodes, Join join) {
      this.replies = new ByteBuf[nodes];
      this.missing = nodes;
      this.join = join;
      passage.awaitsMore();
    }

    void await(NodeLinks node, int number, ByteBuf request) {
      NodeConnection to = node.shared(passage.version3());
      to.await(
          new WholeReply(
              reply -> came(number, reply.retain()),
              error -> came(number, bytes("-" + error + "\r\n"))));
      to.send(request, request.readerIndex(), request.readableBytes());
    }

    private void came(int number, ByteBuf reply) {
      replies[number] = reply;
      if (--missing > 0) {
        return;
      }
      ByteBuf whole = null;
      List<ByteBuf> all = new ArrayList<>();
      for (ByteBuf one : replies) {
        if (one != null) {
          all.add(one);
          if (whole == null && one.getByte(one.readerIndex()) == '-') {
            whole = one;
          }
        }
      }
      ByteBuf joined = whole == null ? join.of(all) : whole;
      outlet.part(place, joined, joined.readerIndex(), joined.readableBytes(), true);
      all.forEach(ByteBuf::release);
      outlet.done(place);
      passage.home().touched(passage);
      passage.replied();
    }
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The same request to all nodes, or to some, by the command. */
  Verdict all(NodeLinks[] nodes, PassCommand command) {
    RequestFrame frame = passage.frame();
    return switch (command.kind()) {
      case SUM -> everywhere(nodes, Fanout::sum);
      case JOIN -> everywhere(nodes, Fanout::joined);
      case SCAN -> scan(nodes);
      case RANDOM -> random(nodes);
      case SCRIPT -> {
        boolean asks =
            frame.is(1, "LIST")
                || frame.is(1, "DUMP")
                || frame.is(1, "STATS")
                || frame.is(1, "HELP")
                || frame.is(1, "EXISTS");
        yield asks ? to(nodes[0]) : everywhere(nodes, Fanout::first);
      }
      case CONFIG -> frame.is(1, "GET") ? to(nodes[0]) : everywhere(nodes, Fanout::first);
      case PUBSUB -> {
        if (frame.is(1, "CHANNELS") || frame.is(1, "SHARDCHANNELS")) {
          yield everywhere(nodes, Fanout::joined);
        }
        yield frame.is(1, "NUMSUB") || frame.is(1, "SHARDNUMSUB")
            ? everywhere(nodes, Fanout::counts)
            : to(nodes[0]);
      }
      default -> everywhere(nodes, Fanout::first);
    };
  }

  private Verdict to(NodeLinks node) {
    return passage.forward(node.shared(passage.version3()), false);
  }

  private Verdict everywhere(NodeLinks[] nodes, Join join) {
    Gathering gathering = new Gathering(nodes.length, join);
    RequestFrame frame = passage.frame();
    ByteBuf request = frame.buffer().slice(frame.start(), frame.length());
    for (int i = 0; i < nodes.length; i++) {
      gathering.await(nodes[i], i, request);
    }
    return Verdict.TAKEN;
  }

  private static ByteBuf first(List<ByteBuf> replies) {
    return replies.getFirst();
  }

  private static ByteBuf sum(List<ByteBuf> replies) {
    long sum = 0;
    for (ByteBuf reply : replies) {
      sum += Elements.number(reply, reply.readerIndex());
    }
    return bytes(":" + sum + "\r\n");
  }

  /** One list of all lists, or one set of all sets. */
  private static ByteBuf joined(List<ByteBuf> replies) {
    long count = 0;
    ByteBuf out = Unpooled.buffer();
    for (ByteBuf reply : replies) {
      count += Math.max(0, Elements.number(reply, reply.readerIndex()));
    }
    char kind = (char) replies.getFirst().getByte(replies.getFirst().readerIndex());
    ByteBufUtil.writeAscii(out, kind + Long.toString(count) + "\r\n");
    for (ByteBuf reply : replies) {
      int body = Elements.body(reply, reply.readerIndex());
      out.writeBytes(reply, body, reply.writerIndex() - body);
    }
    return out;
  }

  /** Names with counts in turn: the counts are summed. */
  private static ByteBuf counts(List<ByteBuf> replies) {
    ByteBuf sample = replies.getFirst();
    int[] ends = Elements.ends(sample);
    long[] sums = new long[ends.length];
    for (ByteBuf reply : replies) {
      int[] its = Elements.ends(reply);
      for (int i = 1; i < its.length; i += 2) {
        sums[i] += Elements.number(reply, its[i - 1]);
      }
    }
    ByteBuf out = Unpooled.buffer();
    int body = Elements.body(sample, sample.readerIndex());
    out.writeBytes(sample, sample.readerIndex(), body - sample.readerIndex());
    for (int i = 0; i + 1 < ends.length; i += 2) {
      int start = i == 0 ? body : ends[i - 1];
      out.writeBytes(sample, start, ends[i] - start);
      ByteBufUtil.writeAscii(out, ":" + sums[i + 1] + "\r\n");
    }
    return out;
  }

  /** A cursor here is the node's cursor and, as the remainder, the node. */
  private Verdict scan(NodeLinks[] nodes) {
    RequestFrame frame = passage.frame();
    long cursor = frame.number(1);
    int number = (int) (cursor % CURSOR_NODES);
    if (cursor < 0 || number >= nodes.length || frame.words() < 2) {
      return frame.words() < 2 ? to(nodes[0]) : passage.refuse("ERR invalid cursor");
    }
    ByteBuf request = Unpooled.buffer();
    Requests.count(request, frame.words());
    Requests.words(request, frame, 0, 0);
    String own = Long.toString(cursor / CURSOR_NODES);
    Requests.word(request, own.getBytes(StandardCharsets.US_ASCII));
    if (frame.words() > 2) {
      Requests.words(request, frame, 2, frame.words() - 1);
    }
    Gathering gathering = new Gathering(1, replies -> rest(replies.getFirst(), number, nodes));
    gathering.await(nodes[number], 0, request);
    return Verdict.TAKEN;
  }

  private static ByteBuf rest(ByteBuf reply, int number, NodeLinks[] nodes) {
    List<byte[]> words = Elements.words(reply, 1);
    int[] ends = Elements.ends(reply);
    if (words.isEmpty() || ends.length < 2) {
      return reply.duplicate();
    }
    long its = Long.parseLong(new String(words.getFirst(), StandardCharsets.US_ASCII));
    int next = its == 0 ? number + 1 : number;
    long cursor = next == nodes.length ? 0 : its * CURSOR_NODES + next;
    ByteBuf out = Unpooled.buffer();
    ByteBufUtil.writeAscii(out, "*2\r\n");
    Requests.word(out, Long.toString(cursor).getBytes(StandardCharsets.US_ASCII));
    return out.writeBytes(reply, ends[0], reply.writerIndex() - ends[0]);
  }

  /** Asks all nodes, for some may have no keys. */
  private Verdict random(NodeLinks[] nodes) {
    return everywhere(
        nodes,
        replies -> {
          List<ByteBuf> some =
              replies.stream()
                  .filter(r ->
                      r.getByte(r.readerIndex()) == '$' && Elements.number(r, r.readerIndex()) >= 0)
                  .toList();
          return some.isEmpty()
              ? replies.getFirst()
              : some.get(ThreadLocalRandom.current().nextInt(some.size()));
        });
  }

  /** A command with keys of several nodes: each gets its own. */
  Verdict split(PassView view, PassCommand command, KeyPlaces keys) {
    RequestFrame frame = passage.frame();
    Map<NodeLinks, List<Integer>> parts = new LinkedHashMap<>();
    for (int i = 0; i < keys.count(); i++) {
      NodeLinks owner = passage.directory().owner(view, keys.get(i));
      if (owner != null) {
        parts.computeIfAbsent(owner, o -> new ArrayList<>()).add(i);
      }
    }
    int each = command.kind() == PassCommand.Kind.PAIRS ? 2 : 1;
    if (each == 2 && frame.words() % 2 == 0) {
      return passage.refuse("ERR wrong number of arguments for '" + command.name() + "' command");
    }
    List<List<Integer>> order = List.copyOf(parts.values());
    Join join =
        switch (command.kind()) {
          case SUMMED -> Fanout::sum;
          case LISTED -> replies -> inOrder(replies, order, keys(order));
          default -> Fanout::first;
        };
    Gathering gathering = new Gathering(parts.size(), join);
    int number = 0;
    for (Map.Entry<NodeLinks, List<Integer>> part : parts.entrySet()) {
      ByteBuf request = Unpooled.buffer();
      Requests.count(request, 1 + each * part.getValue().size());
      Requests.words(request, frame, 0, 0);
      for (int key : part.getValue()) {
        int word = keys.get(key);
        Requests.words(request, frame, word, word + each - 1);
      }
      gathering.await(part.getKey(), number++, request);
    }
    return Verdict.TAKEN;
  }

  private static int keys(List<List<Integer>> order) {
    return order.stream().mapToInt(List::size).sum();
  }

  private static ByteBuf inOrder(List<ByteBuf> replies, List<List<Integer>> order, int count) {
    List<@Nullable ByteBuf> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      elements.add(null);
    }
    for (int part = 0; part < replies.size(); part++) {
      ByteBuf reply = replies.get(part);
      int[] ends = Elements.ends(reply);
      int start = Elements.body(reply, reply.readerIndex());
      for (int i = 0; i < ends.length && i < order.get(part).size(); i++) {
        elements.set(order.get(part).get(i), reply.slice(start, ends[i] - start));
        start = ends[i];
      }
    }
    ByteBuf out = Unpooled.buffer();
    ByteBufUtil.writeAscii(out, "*" + count + "\r\n");
    Consumer<@Nullable ByteBuf> add =
        element -> out.writeBytes(element == null ? bytes("$-1\r\n") : element);
    elements.forEach(add);
    return out;
  }
}

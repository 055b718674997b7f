package dev.terrace.engines.memcached;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.link.Link;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A connection to one Memcached, in its meta commands. Commands are gathered, and sent when their
 * answers are read.
 */
final class MemcachedLink implements Link {

  private static final int BUFFER_BYTES = 16 * 1024;

  /** Nobody caches larger values, whatever the server would take. */
  private static final int VALUE_BYTES_MAX = 64 << 20;

  private static final byte[] LINE_END = {'\r', '\n'};

  private final Address server;
  private final Socket socket;
  private final OutputStream out;
  private final AnswerReader in;
  private int unanswered;
  private boolean lost;
  private int itemBytesMax;
  private int life;

  private MemcachedLink(Address server, Socket socket) throws IOException {
    this.server = server;
    this.socket = socket;
    this.out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
    this.in =
        new AnswerReader(
            new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES), VALUE_BYTES_MAX);
  }

  /** Asks the server on a new connection who it is. */
  static MemcachedLink greet(Address server, Socket socket) throws IOException, EngineFailure {
    MemcachedLink link = new MemcachedLink(server, socket);
    link.write("stats");
    link.write("stats settings");
    link.out.flush();
    Map<String, String> process = link.in.statistics();
    Map<String, String> settings = link.in.statistics();
    if (!"yes".equals(settings.get("cas_enabled"))) {
      throw new EngineFailure(
          Kind.UNREACHABLE,
          server + " keeps no versions of its items: start it without -C (--disable-cas)");
    }
    long limit = number(settings, "item_size_max");
    link.itemBytesMax = Math.clamp(limit, 1, VALUE_BYTES_MAX);
    link.in.limit(link.itemBytesMax);
    long startedSecond = number(process, "time") - number(process, "uptime");
    link.life = 1 + Math.floorMod(31 * number(process, "pid") + startedSecond, 0x7ffe);
    return link;
  }

  private static long number(Map<String, String> statistics, String name) throws IOException {
    String text = statistics.getOrDefault(name, "");
    if (!text.matches("[0-9]{1,18}")) {
      throw new IOException("not a Memcached: its statistics lack " + name);
    }
    return Long.parseLong(text);
  }

  /** Which life of the server this is, in 15 bits: another one, after it was started anew. */
  int life() {
    return life;
  }

  /** How large an item may be with all that belongs to it. */
  int itemBytesMax() {
    return itemBytesMax;
  }

  Address server() {
    return server;
  }

  /** Adds {@code mg} or {@code md} with these flags to what {@link #answers} sends. */
  void send(String command, WireKey key, String flags) throws IOException {
    unanswered++;
    write(command + " " + key.name() + (key.base64() ? " b" : "") + flags);
  }

  /** Adds an {@code ms}. */
  void set(WireKey key, byte[] item, String flags) throws IOException {
    unanswered++;
    write("ms " + key.name() + " " + item.length + (key.base64() ? " b" : "") + flags);
    out.write(item);
    out.write(LINE_END);
  }

  private void write(String line) throws IOException {
    out.write(line.getBytes(StandardCharsets.US_ASCII));
    out.write(LINE_END);
  }

  /** The answers to all that was sent, in its order. */
  List<Answer> answers() throws IOException, EngineFailure {
    boolean whole = false;
    try {
      out.flush();
      List<Answer> answers = new ArrayList<>(unanswered);
      while (unanswered > 0) {
        Answer answer = in.answer();
        if (answer instanceof Answer.NotUnderstood not) {
          // What follows may be our own bytes, taken for commands.
          throw new EngineFailure(
              Kind.REJECTED,
              server
                  + " does not understand meta commands as Memcached 1.6 has them: "
                  + not.message());
        }
        answers.add(answer);
        unanswered--;
      }
      whole = true;
      return answers;
    } finally {
      lost |= !whole;
    }
  }

  @Override
  public void check() throws IOException {
    unanswered++;
    write("mn");
    out.flush();
    if (!(in.answer() instanceof Answer.NoOp)) {
      throw new IOException(server + " does not answer a no-op");
    }
    unanswered--;
  }

  @Override
  public boolean inStep() {
    return unanswered == 0 && !lost;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}

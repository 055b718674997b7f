package dev.terrace.kv.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.sandbox.RedisServer;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.NeedsProgram;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes and clients that misbehave. */
@NeedsProgram("redis-server")
class PassFailureTest {

  /** A key of each of two nodes. */
  private static String keyOn(PassRig rig, int node) throws IOException {
    for (int i = 0; ; i++) {
      try (Wire wire = rig.wire();
          Wire bare = new Wire(rig.node(node).port())) {
        wire.ask("SET probe" + i + " x");
        if (bare.ask("EXISTS probe" + i).equals(":1\r\n")) {
          return "probe" + i;
        }
      }
    }
  }

  private static String asked(Wire wire, String command) {
    try {
      return wire.ask(command);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aNodeThatIsDownIsSaidToBeAndOthersGoOn() throws Exception {
    try (PassRig rig = PassRig.start(2, "");
        Wire wire = rig.wire()) {
      String first = keyOn(rig, 0);
      String second = keyOn(rig, 1);
      rig.node(0).kill();
      Await.until(
          "it is noticed",
          () ->
              asked(wire, "GET " + first)
                  .startsWith(
                      "-ERR node " + rig.node(0).address() + " of store 'cache' is down: "));
      assertThat(wire.ask("GET " + second)).isEqualTo("$1\r\nx\r\n");
      assertThat(wire.ask("MGET " + first + " " + second)).startsWith("-ERR node");
      assertThat(wire.send("MULTI\nSET " + first + " 1").replies(2)).contains("-ERR node");
      try (Wire again = rig.wire()) {
        rig.node(0).startAgain();
        Await.until("it is back", () -> asked(again, "GET " + first).equals("$-1\r\n"));
      }
    }
  }

  @Test
  void whatWasSentOnALostConnectionMayHaveBeenDone() throws Exception {
    try (PassRig rig = PassRig.start(1, "");
        Wire wire = rig.wire();
        Wire blocked = rig.wire();
        Wire listener = rig.wire()) {
      wire.ask("SET a 1");
      assertThat(listener.ask("SUBSCRIBE c")).contains("subscribe");
      blocked.send("BLPOP q 0");
      Await.until("it blocks", () -> asked(wire, "INFO clients").contains("blocked_clients:1"));
      rig.node(0).pause();
      wire.send("INCR a\nINCR a");
      rig.node(0).kill();
      for (int i = 0; i < 2; i++) {
        assertThat(wire.reply()).startsWith("-ERR").contains("may have been done");
      }
      assertThat(blocked.reply()).startsWith("-ERR").contains("may have been done");
      // A subscriber would wait for messages that do not come: it must subscribe anew.
      assertThatThrownBy(listener::reply).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aTransactionDiesWithItsNode() throws Exception {
    try (PassRig rig = PassRig.start(1, "");
        Wire wire = rig.wire()) {
      wire.send("MULTI\nSET a 1").replies(2);
      rig.node(0).kill();
      rig.node(0).startAgain();
      // Nothing of it may be done outside of it.
      assertThatThrownBy(() -> wire.send("SET b 1\nEXEC").replies(2))
          .isInstanceOf(IOException.class);
      try (Wire other = rig.wire()) {
        Await.until("it is back", () -> asked(other, "DBSIZE").equals(":0\r\n"));
      }
    }
  }

  @Test
  void aNodeThatDoesNotAnswerIsNotWaitedForForEver() throws Exception {
    try (PassRig rig = PassRig.start(2, "store-timeout: 500ms");
        Wire wire = rig.wire()) {
      String first = keyOn(rig, 0);
      String second = keyOn(rig, 1);
      wire.send("BLPOP " + first + "x 0.9\nPING").replies(2);
      rig.node(0).pause();
      assertThat(wire.ask("GET " + first)).contains("did not answer within 500ms");
      assertThat(wire.ask("GET " + second)).isEqualTo("$1\r\nx\r\n");
      rig.node(0).resume();
      Await.until("it is back", () -> asked(wire, "GET " + first).equals("$1\r\nx\r\n"));
    }
  }

  @Test
  void garbageOfANodeEndsThatConnectionAlone() throws Exception {
    try (ServerSocket liar = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        RedisServer honest = RedisServer.start()) {
      Thread.ofVirtual()
          .start(() -> {
            while (!liar.isClosed()) {
              try (Socket socket = liar.accept();
                  OutputStream out = socket.getOutputStream()) {
                socket.getInputStream().readNBytes(10);
                out.write("HTTP/1.1 400 Bad Request\r\n".getBytes(StandardCharsets.US_ASCII));
              } catch (IOException e) {
                // It ends with the test.
              }
            }
          });
      String more =
          "  liars: {engine: redis, shards: [{primary: \"127.0.0.1:"
              + liar.getLocalPort()
              + "\"}]}\ncollections: {lie: {store: liars}}\n";
      try (PassRig rig = PassRig.over(List.of(honest), "", more);
          Wire wire = rig.wire()) {
        wire.send("SET a 1\nGET lie:1\nGET a");
        assertThat(wire.reply()).isEqualTo("+OK\r\n");
        assertThat(wire.reply()).contains("answered what is not Redis's protocol");
        assertThat(wire.reply()).isEqualTo("$1\r\n1\r\n");
      }
    }
  }

  @Test
  void aClientThatDoesNotReadIsLeftAndOthersAreUndisturbed() throws Exception {
    try (PassRig rig = PassRig.start(1, "max-unread: 4MB");
        Wire wire = rig.wire();
        Wire lazy = rig.wire()) {
      wire.ask("SET large " + "x".repeat(1 << 20));
      for (int i = 0; i < 64; i++) {
        lazy.send("GET large");
      }
      Await.until("it is gone", () -> !asked(wire, "CLIENT LIST").contains("cmd=get"));
      assertThat(wire.ask("STRLEN large")).isEqualTo(":" + (1 << 20) + "\r\n");
    }
  }

  @Test
  void aSlowNodeHoldsItsClientsBack() throws Exception {
    try (PassRig rig = PassRig.start(1, "");
        Wire wire = rig.wire();
        Wire other = rig.wire()) {
      String value = "x".repeat(1 << 20);
      assertThat(wire.ask("SET k0 " + value)).isEqualTo("+OK\r\n");
      rig.node(0).pause();
      Thread sending =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < 48; i++) {
                  try {
                    wire.send("SET k" + i + " " + value);
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                }
              });
      // It is not taken from the client for ever: the kernel's buffers and ours are full.
      assertThat(sending.join(Duration.ofMillis(500))).isFalse();
      rig.node(0).resume();
      assertThat(wire.replies(48)).isEqualTo("+OK\r\n".repeat(48));
      assertThat(other.ask("DBSIZE")).isEqualTo(":48\r\n");
    }
  }

  @Test
  void aStoreMayAskForAPassword() throws Exception {
    try (RedisServer locked = RedisServer.start("--requirepass", "secret")) {
      String file =
          "  locked: {engine: redis, password: %s, database: \"2\", shards: [{primary: \""
              + locked.address()
              + "\"}]}\ncollections: {in: {store: locked}}\n";
      try (RedisServer open = RedisServer.start();
          PassRig rig = PassRig.over(List.of(open), "", file.formatted("secret"));
          Wire wire = rig.wire()) {
        assertThat(wire.ask("SET in:a 1")).isEqualTo("+OK\r\n");
        wire.ask("HELLO 3");
        assertThat(wire.ask("GET in:a")).isEqualTo("$1\r\n1\r\n");
        rig.serve(List.of(open), "", file.formatted("wrong"));
        assertThat(wire.ask("GET in:a")).contains("does not let Terrace in: WRONGPASS");
      }
    }
  }

  @Test
  void aClientThatLeavesTakesItsRepliesWithIt() throws Exception {
    try (PassRig rig = PassRig.start(1, "");
        Wire wire = rig.wire()) {
      wire.ask("SET large " + "x".repeat(1 << 16));
      for (int i = 0; i < 20; i++) {
        try (Wire gone = rig.wire()) {
          gone.send("GET large\nGET large\nGET large");
        }
        assertThat(wire.ask("ECHO " + i)).endsWith("\r\n" + i + "\r\n");
      }
    }
  }
}

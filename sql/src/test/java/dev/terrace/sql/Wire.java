package dev.terrace.sql;

import dev.terrace.sql.auth.ScramClient;
import dev.terrace.sql.auth.ScramClient.Challenge;
import dev.terrace.sql.auth.ScramKeys;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.testkit.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * Clients other than pgjdbc: one that logs in by hand and then sends what it likes, and programs.
 */
final class Wire {

  private Wire() {}

  /** A client that has logged in. */
  static RawClient loggedIn(int port, String user, String password)
      throws IOException, ProtocolViolation {
    RawClient client = RawClient.connect(port);
    client.send(startup(3 << 16, "user\0" + user + "\0database\0shop\0"));
    logIn(client, password);
    client.readUntil("Z\0\0\0\u0005I");
    return client;
  }

  /** Proves the password, once the StartupMessage is sent. */
  static void logIn(RawClient client, String password) throws IOException, ProtocolViolation {
    client.readUntil("SCRAM-SHA-256\0\0");
    ScramClient scram = new ScramClient();
    byte[] first = scram.first().getBytes(StandardCharsets.US_ASCII);
    client.send(
        message(
            'p',
            "SCRAM-SHA-256\0".getBytes(StandardCharsets.US_ASCII),
            ByteBuffer.allocate(4).putInt(first.length).array(),
            first));
    String challengeText = client.readUntil(",i=4096");
    Challenge challenge = scram.challenge(challengeText.substring(challengeText.indexOf("r=")));
    ScramKeys keys = ScramKeys.derive(password, challenge.salt(), challenge.iterations());
    client.send(message('p', scram.last(keys).getBytes(StandardCharsets.US_ASCII)));
  }

  /** A StartupMessage. */
  static byte[] startup(int version, String parameters) {
    byte[] body = (parameters + "\0").getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + body.length)
        .putInt(8 + body.length)
        .putInt(version)
        .put(body)
        .array();
  }

  /** A message with a type and a body. */
  static byte[] message(char type, byte[]... parts) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      body.writeBytes(part);
    }
    return ByteBuffer.allocate(5 + body.size())
        .put((byte) type)
        .putInt(4 + body.size())
        .put(body.toByteArray())
        .array();
  }

  /** A text as messages have it. */
  static byte[] text(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }

  /** An answer up to its ReadyForQuery, whose status comes last. */
  static String whole(RawClient client) throws IOException {
    String answer = client.readUntil("Z\0\0\0\u0005");
    return answer + new String(client.read(1), StandardCharsets.US_ASCII);
  }

  /** What a program of PostgreSQL's prints; the test is skipped if it is not installed. */
  static String program(int port, String name, String... arguments) throws Exception {
    boolean installed = Files.isExecutable(Path.of("/usr/bin", name));
    Assumptions.assumeTrue(installed, () -> name + " is not installed");
    List<String> command = new ArrayList<>(List.of("/usr/bin/" + name));
    command.addAll(List.of("-h", "127.0.0.1", "-p", Integer.toString(port), "-U", "shop"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PGPASSWORD", "shop");
    builder.environment().put("PGDATABASE", "shop");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor(20, TimeUnit.SECONDS);
    return output;
  }
}

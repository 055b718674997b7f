package dev.terrace.sql;

import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.testkit.RawClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A client that sends what it is told and writes down what comes back, without what may differ from
 * one server to the next: texts of errors, numbers of tables and processes.
 */
final class WireSession implements AutoCloseable {

  private static final String ANSWERS_ONE = "123tnTCIsEG";

  private final RawClient client;
  private final Map<String, String> parameters = new TreeMap<>();
  private boolean skipping;

  private WireSession(RawClient client) {
    this.client = client;
  }

  /** Logs in as the user of the sandbox. */
  static WireSession loggedIn(int port) throws IOException, ProtocolViolation {
    WireSession session = new WireSession(RawClient.connect(port).patience(Duration.ofSeconds(3)));
    session.client.send(
        Wire.startup(3 << 16, "user\0shop\0database\0shop\0application_name\0test\0"));
    Wire.logIn(session.client, "shop");
    session.answers(0, 1);
    return session;
  }

  /** What the server has last reported of its settings. */
  Map<String, String> parameters() {
    return parameters;
  }

  /** Sends a step and reads its answer to the end. */
  List<String> run(SessionStep step) throws IOException {
    List<String> answers = new ArrayList<>();
    for (SessionStep.Part part : step.parts()) {
      client.send(part.bytes());
      answers.addAll(answers(part.answers(), part.readies()));
    }
    return answers;
  }

  private List<String> answers(int counted, int readies) throws IOException {
    List<String> answers = new ArrayList<>();
    int left = readies;
    int expected = counted;
    while (left > 0 || (readies == 0 && expected > 0 && !skipping)) {
      ByteBuffer head = ByteBuffer.wrap(client.read(5));
      char type = (char) head.get();
      ByteBuffer body = ByteBuffer.wrap(client.read(head.getInt() - 4));
      expected -= ANSWERS_ONE.indexOf(type) < 0 ? 0 : 1;
      left -= type == 'Z' ? 1 : 0;
      skipping = type == 'E' || (skipping && type != 'Z');
      if (type == 'S') {
        parameters.put(text(body), text(body));
      } else {
        answers.add(type + " " + shown(type, body));
      }
    }
    return answers;
  }

  private static String shown(char type, ByteBuffer body) {
    return switch (type) {
      case 'E', 'N' -> code(body);
      case 'T' -> columns(body);
      case 'K', 'R' -> "";
      case 'D' -> values(body);
      default -> StandardCharsets.UTF_8.decode(body).toString().replace("\0", "");
    };
  }

  private static String code(ByteBuffer body) {
    String found = "";
    for (char field = (char) body.get(); field != 0; field = (char) body.get()) {
      String text = text(body);
      found = field == 'C' ? text : found;
    }
    return found;
  }

  private static String columns(ByteBuffer body) {
    StringBuilder columns = new StringBuilder();
    for (int i = body.getShort(); i > 0; i--) {
      columns.append(text(body)).append(':');
      body.position(body.position() + 6);
      columns.append(body.getInt()).append(',').append(body.getShort()).append(' ');
      body.position(body.position() + 6);
    }
    return columns.toString();
  }

  private static String values(ByteBuffer body) {
    List<String> values = new ArrayList<>();
    for (int i = body.getShort(); i > 0; i--) {
      int length = body.getInt();
      byte[] value = new byte[Math.max(0, length)];
      body.get(value);
      values.add(length < 0 ? "NULL" : new String(value, StandardCharsets.UTF_8));
    }
    return String.join("|", values);
  }

  private static String text(ByteBuffer body) {
    int start = body.position();
    int end = start;
    while (body.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - start];
    body.get(bytes).get();
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}

package dev.terrace.bench.soak;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** An idempotent request (RFC 9110, section 9.2.2) of which one knows what the answer must be. */
record Question(String method, String path, String body) {

  private static final List<String> METHODS =
      List.of("GET", "GET", "GET", "HEAD", "PUT", "DELETE", "OPTIONS");
  private static final int ANSWER_MAX = 6000;
  private static final int BODY_MAX = 2000;

  static Question random(RandomGenerator random, long number) {
    String method = METHODS.get(random.nextInt(METHODS.size()));
    String letter = String.valueOf((char) ('a' + number % 26));
    String body = letter.repeat(method.equals("PUT") ? random.nextInt(BODY_MAX) : 0);
    return new Question(method, "/q/" + number + "?size=" + random.nextInt(ANSWER_MAX), body);
  }

  byte[] answer() {
    return method.equals("HEAD") ? new byte[0] : answerTo(method, path, body);
  }

  /** What every member answers: the question, what it brought, and a filling of the size asked. */
  static byte[] answerTo(String method, String path, String body) {
    byte[] start = Wire.bytes(method + " " + path + " " + body.hashCode() + "\n");
    int size = Integer.parseInt(path.substring(path.indexOf('=') + 1));
    byte[] answer = Arrays.copyOf(start, start.length + size);
    Arrays.fill(answer, start.length, answer.length, (byte) ('A' + size % 26));
    return answer;
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}

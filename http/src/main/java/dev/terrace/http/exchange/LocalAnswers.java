package dev.terrace.http.exchange;

import dev.terrace.http.head.LocalAnswer;

/** Writes answers that Terrace itself gives to clients. */
final class LocalAnswers {

  private LocalAnswers() {}

  /** Writes all of it and sends it off. */
  static void write(
      LocalAnswer answer, ClientStream client, boolean open, Observation observation) {
    boolean bodiless = client.head().isHead() || answer.content().length == 0;
    byte[] more = observation.withDebugLines(Observation.NOTHING);
    client.answerHead(answer.head(client.persistence(open), more, client.alloc()), false, bodiless);
    if (!bodiless) {
      observation.bodyOut(answer.content().length);
      client.answerBody(answer.body(client.alloc()));
    }
    client.answerEnd(null);
    client.flush();
  }
}

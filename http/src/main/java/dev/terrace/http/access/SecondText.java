package dev.terrace.http.access;

import java.time.Instant;
import java.time.format.DateTimeFormatter;

/** The text of the present second, kept because thousands of lines share it. */
final class SecondText {

  private final DateTimeFormatter format;
  private long second = Long.MIN_VALUE;
  private String text = "";

  SecondText(DateTimeFormatter format) {
    this.format = format;
  }

  String of(Instant time) {
    if (time.getEpochSecond() != second) {
      second = time.getEpochSecond();
      text = format.format(time);
    }
    return text;
  }
}

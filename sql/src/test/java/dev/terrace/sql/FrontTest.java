package dev.terrace.sql;

import dev.terrace.testkit.Await;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;

/** Tests that share one front, which each must leave without work in hand. */
abstract class FrontTest {

  @SuppressWarnings("NullAway.Init") // set before all tests of a class
  static TestFront front;

  @AfterAll
  static void stop() {
    front.close();
  }

  @AfterEach
  void nothingIsLeftInHand() {
    Await.until("work in hand ends", () -> front.inFlight() == 0);
  }
}

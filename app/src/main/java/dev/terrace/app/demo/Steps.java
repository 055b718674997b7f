package dev.terrace.app.demo;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;

/** The start-up's progress as people see it: a line a step, with the time that it took. */
final class Steps {

  private final PrintWriter out;
  private final int count;
  private int step;

  Steps(PrintWriter out, int count) {
    this.out = out;
    this.count = count;
  }

  /** Does one step and tells of it before and after. */
  <T> T run(String what, Callable<T> work) throws Exception {
    step++;
    out.printf("  [%d/%d] %-62s ", step, count, what);
    out.flush();
    long started = System.nanoTime();
    try {
      T result = work.call();
      out.printf(Locale.ROOT, "%5.1f s%n", (System.nanoTime() - started) / 1e9);
      return result;
    } catch (Exception e) {
      out.println("failed");
      throw e;
    } finally {
      out.flush();
    }
  }
}

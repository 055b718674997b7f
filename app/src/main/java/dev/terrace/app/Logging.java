package dev.terrace.app;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The log: one line an event on standard error, without stack traces unless they are asked for. */
final class Logging {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

  /** With {@code -Dterrace.debug=true} exceptions are printed whole and libraries may speak. */
  private static final boolean DEBUG = Boolean.getBoolean("terrace.debug");

  private Logging() {}

  static void configure() {
    Logger root = Logger.getLogger("");
    for (var handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    ConsoleHandler console = new ConsoleHandler();
    console.setFormatter(new OneLine());
    root.addHandler(console);
    root.setLevel(DEBUG ? Level.INFO : Level.WARNING);
    Logger.getLogger("dev.terrace").setLevel(DEBUG ? Level.FINE : Level.INFO);
    if (!DEBUG) {
      // These report each failed connection to a server that the health checks tell of anyway, and
      // each malformed stream of HTTP/3: anybody could fill the log with those.
      for (String chatty :
          new String[] {
            "com.zaxxer.hikari", "org.postgresql", "io.netty.channel.DefaultChannelPipeline"
          }) {
        Logger.getLogger(chatty).setLevel(Level.OFF);
      }
    }
  }

  private static final class OneLine extends Formatter {
    @Override
    public String format(LogRecord event) {
      StringBuilder line = new StringBuilder(120);
      line.append(TIME.format(event.getInstant())).append(' ');
      if (event.getLevel().intValue() >= Level.WARNING.intValue()) {
        line.append(event.getLevel().getName()).append(' ');
      }
      line.append(formatMessage(event));
      Throwable thrown = event.getThrown();
      if (thrown != null) {
        line.append(": ").append(thrown);
        if (DEBUG) {
          for (StackTraceElement frame : thrown.getStackTrace()) {
            line.append(System.lineSeparator()).append("    at ").append(frame);
          }
        }
      }
      return line.append(System.lineSeparator()).toString();
    }
  }
}

package dev.terrace.app.demo;

import dev.terrace.sandbox.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** The visitors of {@code --load}, a process of their own so that they cost the server nothing. */
final class VisitorsProcess implements AutoCloseable {

  private final ChildProcess process;

  private VisitorsProcess(ChildProcess process) {
    this.process = process;
  }

  static VisitorsProcess start(Path home, int rate) {
    List<String> command =
        ShopLibrary.command(
            home, "dev.terrace.shop.Visitors", List.of("--rate", Integer.toString(rate)));
    try {
      Path log = ShopLibrary.logs(home).resolve("visitors.log");
      return new VisitorsProcess(
          ChildProcess.start(new ChildProcess.Spec("visitors", command, log)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path log() {
    return process.log();
  }

  @Override
  public void close() {
    process.close();
  }
}

package dev.terrace.kv;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A process that serves a file until it is killed, and says on which port. */
final class BackProcess {

  private BackProcess() {}

  /** Serves the file that is named. */
  public static void main(String[] arguments) throws Exception {
    KvRig rig = KvRig.serving(Files.readString(Path.of(arguments[0])));
    System.out.println("port " + rig.port());
    System.out.flush();
    new CountDownLatch(1).await();
  }
}

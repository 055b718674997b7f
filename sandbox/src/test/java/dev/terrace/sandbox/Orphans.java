package dev.terrace.sandbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A program that starts servers and children, says which, and waits to be killed. */
final class Orphans {

  private Orphans() {}

  public static void main(String[] args) throws Exception {
    PostgresCluster cluster = PostgresCluster.start(PostgresSpec.of(1, 1));
    cluster.replica(0, 0).pause(); // a stopped process must not be spared
    ScratchFolder scratch = ScratchFolder.create("terrace-orphans-");
    Path log = scratch.path().resolve("child.log");
    // Deaf to the polite signal, and with a child of its own that leads another session.
    String script = "trap '' TERM; setsid sleep 1000 & sleep 1001";
    ChildProcess deaf =
        ChildProcess.start(new ChildProcess.Spec("deaf", List.of("sh", "-c", script), log));
    deaf.waitUntil(
        "a parent",
        Duration.ofSeconds(10),
        () -> ProcessHandle.of(deaf.pid()).orElseThrow().descendants().count() >= 2);
    Stream<ProcessHandle> processes = ProcessHandle.current().descendants();
    processes.forEach(process -> System.out.println("process " + process.pid()));
    cluster.servers().forEach(server -> System.out.println("port " + server.port()));
    System.out.println("folder " + scratch.path());
    System.out.println("folder " + cluster.folder());
    System.out.println("ready");
    Thread.sleep(Long.MAX_VALUE);
  }
}

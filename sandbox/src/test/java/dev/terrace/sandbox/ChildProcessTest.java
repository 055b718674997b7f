package dev.terrace.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir Path folder;

  @Test
  void thePidIsTheProgramsOwn() throws Exception {
    ChildProcess child = start("echo pid $$; echo to-stderr >&2; exec sleep 100");
    child.waitUntil("talking", PATIENCE, () -> child.tail().contains("to-stderr"));
    assertThat(child.tail()).contains("pid " + child.pid());
    child.stop(PATIENCE);
    assertThat(child.alive()).isFalse();
    assertThat(Files.readString(child.log())).contains("pid " + child.pid(), "to-stderr");
  }

  @Test
  void anEarlyEndIsToldWithStatusAndOutput() {
    ChildProcess child = start("echo no such luck; exit 3");
    assertThatThrownBy(() -> child.waitUntil("ready", PATIENCE, () -> false))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("test ended with status 3 before ready")
        .hasMessageContaining("no such luck");
    assertThatThrownBy(() -> start("exit 4").waitUntilDone(PATIENCE))
        .hasMessageContaining("status 4");
    start("exit 0").waitUntilDone(PATIENCE);
  }

  @Test
  void lateReadinessIsToldWithOutput() {
    try (ChildProcess child = start("echo still busy; exec sleep 100")) {
      child.waitUntil("talking", PATIENCE, () -> child.tail().contains("busy"));
      assertThatThrownBy(() -> child.waitUntil("ready", Duration.ofMillis(50), () -> false))
          .hasMessageContaining("test was not ready within PT0.05S")
          .hasMessageContaining("still busy");
    }
  }

  @Test
  void killTakesTheWholeFamilyEvenIfItIsDeafAndStopped() {
    ChildProcess child = start("trap '' TERM; setsid sleep 100 & sleep 101");
    ProcessHandle root = ProcessHandle.of(child.pid()).orElseThrow();
    child.waitUntil("a parent", PATIENCE, () -> root.descendants().count() == 2);
    List<ProcessHandle> family = root.descendants().toList();
    child.pause();
    assertThat(Poll.until(PATIENCE, () -> ProcessState.of(child.pid()).orElse('?') == 'T'))
        .isTrue();
    child.stop(Duration.ofMillis(100));
    assertThat(child.alive()).isFalse();
    assertThat(family).noneMatch(ProcessFamily::runs);
  }

  @Test
  void theLogStaysBounded() throws Exception {
    Path file = folder.resolve("bounded.log");
    try (BoundedLog log = new BoundedLog(file, 1000)) {
      for (int i = 0; i < 500; i++) {
        byte[] line = ("line " + i + "\n").getBytes(StandardCharsets.UTF_8);
        log.append(line, line.length);
      }
      assertThat(log.tail()).endsWith("line 499").hasSizeLessThanOrEqualTo(4096);
    }
    assertThat(Files.size(file)).isLessThanOrEqualTo(1000);
    assertThat(Files.size(Path.of(file + ".1"))).isLessThanOrEqualTo(1000);
    assertThat(Files.readString(file)).endsWith("line 499\n");
  }

  @Test
  void theEnvironmentIsPassedAndAMissingProgramIsTold() {
    ChildProcess child =
        ChildProcess.start(
            new ChildProcess.Spec(
                "test",
                List.of("sh", "-c", "echo \"<$TERRACE_TEST>\""),
                Map.of("TERRACE_TEST", "a b"),
                folder.resolve("environment.log"),
                "TERM",
                1));
    child.waitUntilDone(PATIENCE);
    assertThat(child.tail()).isEqualTo("<a b>");

    ChildProcess missing =
        ChildProcess.start(
            new ChildProcess.Spec(
                "missing", List.of("/no/such/program"), folder.resolve("missing.log")));
    assertThatThrownBy(() -> missing.waitUntilDone(PATIENCE))
        .hasMessageContaining("missing ended with status 127")
        .hasMessageContaining("/no/such/program");
  }

  @Test
  void freePortsAreFreeAndDifferent() {
    List<Integer> ports = FreePorts.some(20);
    assertThat(ports).doesNotHaveDuplicates().allMatch(FreePorts::isFree);
    assertThat(ports).doesNotContain(FreePorts.one());
  }

  private ChildProcess start(String script) {
    return ChildProcess.start(
        new ChildProcess.Spec("test", List.of("sh", "-c", script), folder.resolve("child.log")));
  }
}

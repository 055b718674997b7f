package dev.terrace.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The processes that a benchmark starts in a folder, where what they say is in output.log. */
public final class Processes implements AutoCloseable {

  private static final long TICKS_PER_SECOND = 100;

  private final Path folder;
  private final Map<String, String> environment;
  private final List<Process> started = new ArrayList<>();

  /** None yet; all get these variables besides those of this process. */
  public Processes(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = Map.copyOf(environment);
  }

  /** Starts a program. */
  public Process start(String... command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    started.add(process);
    return process;
  }

  /** Starts a class of the benchmarks in a JVM like Terrace's own, with more options. */
  public Process startJava(List<String> options, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.add(JvmOptions.argument());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return start(command.toArray(String[]::new));
  }

  /** Where they write what they say. */
  public Path log() {
    return folder.resolve("output.log");
  }

  /** Writes a file into the folder; its path. */
  public String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  /** Waits until something listens on a port. */
  public void awaitPort(int port) throws IOException, InterruptedException {
    for (int i = 0; i < 300; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    throw new IOException("nothing listens on port " + port + ", see " + log());
  }

  /** User and system time of a process and those that it has started, in seconds. */
  public static double cpuSeconds(ProcessHandle process) throws IOException {
    long ticks = 0;
    for (ProcessHandle one : Stream.concat(Stream.of(process), process.descendants()).toList()) {
      String stat = Files.readString(Path.of("/proc/" + one.pid() + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
    return (double) ticks / TICKS_PER_SECOND;
  }

  /** Ends them, and what they have started. */
  @Override
  public void close() {
    started.forEach(process -> process.descendants().forEach(ProcessHandle::destroy));
    started.forEach(Process::destroy);
  }
}

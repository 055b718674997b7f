package dev.terrace.bench.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/** A JFR recording of a process: where its CPU time goes, and what it allocates. */
final class Profile {

  private static final int SHOWN = 25;
  private static final String TIME = "jdk.CPUTimeSample";
  private static final String ALLOCATION = "jdk.ObjectAllocationSample";

  private final long pid;
  private final Path file;

  private Profile(long pid, Path file) {
    this.pid = pid;
    this.file = file;
  }

  static Profile start(Proxy proxy, Path file) throws IOException, InterruptedException {
    Profile profile = new Profile(proxy.process().pid(), file);
    profile.jcmd(
        "JFR.start",
        "name=bench",
        "settings=profile",
        TIME + "#enabled=true",
        TIME + "#throttle=5ms");
    return profile;
  }

  /** Ends the recording and prints the methods and classes that stand out. */
  void stop() throws IOException, InterruptedException {
    jcmd("JFR.stop", "name=bench", "filename=" + file.toAbsolutePath());
    Map<String, Double> own = new HashMap<>();
    Map<String, Double> ours = new HashMap<>();
    Map<String, Double> allocated = new HashMap<>();
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        switch (event.getEventType().getName()) {
          case TIME -> sample(event, own, ours);
          case ALLOCATION ->
              allocated.merge(
                  event.getClass("objectClass").getName() + " in " + firstOfOurs(event),
                  (double) event.getLong("weight"),
                  Double::sum);
          default -> {
            // the recording has much more, for whoever opens the file
          }
        }
      }
    }
    print("CPU time by method", own);
    print("CPU time by the nearest method of Terrace", ours);
    print("allocation", allocated);
    System.out.println("recording: " + file.toAbsolutePath());
  }

  private static void sample(
      RecordedEvent event, Map<String, Double> own, Map<String, Double> ours) {
    RecordedStackTrace trace = event.getStackTrace();
    if (trace != null && !trace.getFrames().isEmpty()) {
      own.merge(name(trace.getFrames().getFirst()), 1.0, Double::sum);
      ours.merge(firstOfOurs(event), 1.0, Double::sum);
    }
  }

  private static String firstOfOurs(RecordedEvent event) {
    RecordedStackTrace trace = event.getStackTrace();
    List<RecordedFrame> frames = trace == null ? List.of() : trace.getFrames();
    return frames.stream()
        .map(Profile::name)
        .filter(name -> name.startsWith("dev.terrace."))
        .findFirst()
        .orElse("none of Terrace");
  }

  private static String name(RecordedFrame frame) {
    return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
  }

  private static void print(String title, Map<String, Double> weights) {
    double all = weights.values().stream().mapToDouble(Double::doubleValue).sum();
    System.out.println("\n" + title + ":");
    weights.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(SHOWN)
        .forEach(e ->
            System.out.printf(Locale.ROOT, "%5.1f %%  %s%n", 100 * e.getValue() / all, e.getKey()));
  }

  private void jcmd(String... arguments) throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/jcmd");
    command.add(String.valueOf(pid));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(output);
    }
  }
}

package dev.terrace.bench.soak;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a process holds: open files, threads, and memory after a collection. */
record Vitals(long files, long threads, long heapKb, long residentKb) {

  private static final Pattern USED = Pattern.compile("used (\\d+)K");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  private static final int MORE_FILES = 8;
  private static final int MORE_THREADS = 12;
  private static final int MORE_HEAP_KB = 16 * 1024;

  static Vitals of(long pid) throws IOException, InterruptedException {
    jcmd(pid, "GC.run");
    return new Vitals(
        count(Path.of("/proc/" + pid + "/fd")),
        count(Path.of("/proc/" + pid + "/task")),
        number(USED, jcmd(pid, "GC.heap_info")),
        number(RESIDENT, Files.readString(Path.of("/proc/" + pid + "/status"))));
  }

  /**
   * What is more than chance since then. Resident memory is not judged: what the allocators keep
   * depends on the load's peaks.
   */
  List<String> grownSince(Vitals before) {
    List<String> grown = new ArrayList<>();
    more(grown, "open files", before.files, files, MORE_FILES);
    more(grown, "threads", before.threads, threads, MORE_THREADS);
    more(grown, "KB of heap", before.heapKb, heapKb, MORE_HEAP_KB);
    return grown;
  }

  private static void more(List<String> grown, String what, long before, long after, long allowed) {
    if (after > before + allowed) {
      grown.add(what + " grew from " + before + " to " + after);
    }
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  private static long number(Pattern pattern, String text) throws IOException {
    Matcher found = pattern.matcher(text);
    if (!found.find()) {
      throw new IOException("no " + pattern + " in " + text);
    }
    return Long.parseLong(found.group(1));
  }

  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    String jcmd = System.getProperty("java.home") + "/bin/jcmd";
    Process process =
        new ProcessBuilder(jcmd, String.valueOf(pid), command).redirectErrorStream(true).start();
    try (InputStream output = process.getInputStream()) {
      String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return said;
    }
  }
}

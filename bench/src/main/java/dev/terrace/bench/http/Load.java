package dev.terrace.bench.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * One run of a load generator: wrk for HTTP/1.1, h2load for HTTP/2.
 *
 * @param micros latencies in microseconds: half of the requests, 99 and 99.9 per cent
 */
record Load(long requests, double seconds, long errors, Latency micros) {

  record Latency(long p50, long p99, long p999) {}

  private static final String SCRIPT =
      """
      done = function(summary, latency, requests)
        local e = summary.errors
        io.write(string.format("RESULT %d %d %d %d %d %d\\n", summary.requests, summary.duration,
          e.connect + e.read + e.write + e.status + e.timeout,
          latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
      end
      """;
  private static final Pattern RESULT =
      Pattern.compile("RESULT (\\d+) (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)");

  /** Puts a proxy under load. */
  static Load on(Row row, int port, int seconds, Path folder)
      throws IOException, InterruptedException {
    String address = row.protocol().scheme() + "://127.0.0.1:" + port + row.path();
    return row.protocol().multiplexed()
        ? h2load(row, address, seconds, folder)
        : wrk(row, address, seconds, folder);
  }

  private static Load wrk(Row row, String address, int seconds, Path folder)
      throws IOException, InterruptedException {
    Path script = Files.writeString(folder.resolve("load.lua"), think(row.thinkMillis()) + SCRIPT);
    List<String> command =
        List.of(
            "wrk",
            "-t1",
            "-c" + row.connections(),
            "-d" + seconds + "s",
            "--timeout",
            "10s",
            "-s",
            script.toString(),
            address);
    String output = output(command);
    Matcher result = RESULT.matcher(output);
    if (!result.find()) {
      throw new IOException("wrk said something else: " + output);
    }
    long[] numbers =
        LongStream.rangeClosed(1, 6).map(i -> Long.parseLong(result.group((int) i))).toArray();
    return new Load(
        numbers[0], numbers[1] / 1e6, numbers[2], new Latency(numbers[3], numbers[4], numbers[5]));
  }

  private static String think(int millis) {
    return millis == 0
        ? ""
        : "function delay() return math.floor(-math.log(1 - math.random()) * %d + 0.5) end\n"
            .formatted(millis);
  }

  private static Load h2load(Row row, String address, int seconds, Path folder)
      throws IOException, InterruptedException {
    Path log = folder.resolve("h2load.log");
    Files.deleteIfExists(log);
    List<String> command = new ArrayList<>(List.of("h2load", "-t1", "-D" + seconds));
    command.addAll(
        List.of("-c" + row.connections(), "-m" + row.streams(), "--log-file=" + log, address));
    String output = output(command);
    if (!Files.exists(log)) {
      throw new IOException("h2load said something else: " + output);
    }
    long errors = 0;
    List<Long> micros = new ArrayList<>();
    try (Stream<String> lines = Files.lines(log)) {
      for (String line : (Iterable<String>) lines::iterator) {
        String[] fields = line.split("\t", -1); // start, status, microseconds
        if (fields.length == 3 && fields[1].equals("200")) {
          micros.add(Long.parseLong(fields[2]));
        } else {
          errors++;
        }
      }
    }
    long[] sorted = micros.stream().mapToLong(Long::longValue).sorted().toArray();
    return new Load(
        sorted.length,
        seconds,
        errors,
        new Latency(part(sorted, 0.5), part(sorted, 0.99), part(sorted, 0.999)));
  }

  private static long part(long[] sorted, double part) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, sorted.length * part)];
  }

  private static String output(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}

package dev.terrace.app.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Notices that a file, or one of a folder, has changed. It looks once a second at times and sizes:
 * editors replace files, which notifications of the system miss on some file systems.
 */
final class FileWatch implements AutoCloseable {

  private static final long LOOK_EVERY_MILLIS = 1000;

  private final Path path;
  private final Runnable changed;
  private final Thread thread;

  FileWatch(Path path, Runnable changed) {
    this.path = path;
    this.changed = changed;
    this.thread = Thread.ofVirtual().name("file-watch").unstarted(this::watch);
  }

  void start() {
    thread.start();
  }

  private void watch() {
    List<String> seen = look();
    try {
      while (true) {
        Thread.sleep(LOOK_EVERY_MILLIS);
        List<String> now = look();
        if (!now.equals(seen)) {
          seen = now;
          changed.run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<String> look() {
    if (!Files.isDirectory(path)) {
      return List.of(describe(path));
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.sorted().map(FileWatch::describe).toList();
    } catch (IOException e) {
      return List.of("unreadable");
    }
  }

  private static String describe(Path file) {
    try {
      return file + " " + Files.getLastModifiedTime(file) + " " + Files.size(file);
    } catch (IOException e) {
      return file + " unreadable";
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}

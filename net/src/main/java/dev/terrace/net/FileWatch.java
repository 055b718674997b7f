package dev.terrace.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Notices that one of some files, or one of a folder's, has changed, and tells so when it stays as
 * it is. It looks once a second at times and sizes: editors replace files, which notifications of
 * the system miss on some file systems.
 */
public final class FileWatch implements AutoCloseable {

  private static final long LOOK_EVERY_MILLIS = 1000;
  private static final long SETTLED_AFTER_MILLIS = 100;

  /** What some files are like at one moment. */
  public record Look(List<String> found) {
    public Look {
      found = List.copyOf(found);
    }
  }

  /** Counted, so that it is known whether others were asked for meanwhile. */
  private record Watched(long number, List<Path> paths, Look seen) {}

  private final Runnable changed;
  private final Thread thread;
  private Watched watched = new Watched(0, List.of(), look(List.of()));

  /**
   * Watches nothing yet.
   *
   * @param name of its thread
   */
  public FileWatch(String name, Runnable changed) {
    this.changed = changed;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::watch);
  }

  /** Begins to watch. */
  public void start() {
    thread.start();
  }

  /**
   * Watches these from now on, in place of those before.
   *
   * @param seen what they were like when they were read: what has changed since is told
   */
  public synchronized void watch(List<Path> paths, Look seen) {
    watched = new Watched(watched.number() + 1, List.copyOf(paths), seen);
  }

  private synchronized Watched watched() {
    return watched;
  }

  private synchronized void seen(Watched before, Look now) {
    if (watched.number() == before.number()) {
      watched = new Watched(before.number() + 1, before.paths(), now);
    }
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(LOOK_EVERY_MILLIS);
        Watched before = watched();
        Look now = look(before.paths());
        if (!now.equals(before.seen())) {
          seen(before, settled(before.paths(), now));
          changed.run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A file in the middle of being written, or one of two that belong together, is waited for. */
  private static Look settled(List<Path> paths, Look first) throws InterruptedException {
    Look before = first;
    while (true) {
      Thread.sleep(SETTLED_AFTER_MILLIS);
      Look now = look(paths);
      if (now.equals(before)) {
        return now;
      }
      before = now;
    }
  }

  /** Looks at files and folders. */
  public static Look look(List<Path> paths) {
    List<String> found = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        try (Stream<Path> files = Files.list(path)) {
          files.sorted().map(FileWatch::describe).forEach(found::add);
        } catch (IOException e) {
          found.add(path + " unreadable");
        }
      } else {
        found.add(describe(path));
      }
    }
    return new Look(found);
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

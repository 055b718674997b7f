package dev.terrace.app.reshard;

import dev.terrace.config.Loaded;
import dev.terrace.config.Problem;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.console.reshard.Reshard;
import dev.terrace.console.reshard.Reshard.Phase;
import dev.terrace.engine.EngineFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Reshards stores, one at a time, each on a thread of its own. What is made in the databases on the
 * way is found again there, so that it goes on after a restart when it is asked for again.
 */
public final class Resharder implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Resharder.class.getName());

  private final Surroundings surroundings;
  private final Progress progress = new Progress();
  private final List<Thread> recovering = new CopyOnWriteArrayList<>();
  private Optional<Thread> running = Optional.empty();

  /** Nothing is under way. */
  public Resharder(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Whether a file has rows elsewhere than another has them, and what to do then. */
  public static Optional<String> needed(TerraceConfig now, TerraceConfig next) {
    return ReshardPlan.moved(now, next)
        .map(table ->
            "rows of table "
                + table
                + " would have to be elsewhere: write this into another file, and use terrace"
                + " reshard; or restart Terrace if the rows are there");
  }

  /**
   * Ends what a crash has left at the moment of a cut-over, in the background: by the file that is
   * served.
   */
  public void recover() {
    TerraceConfig file = surroundings.file();
    file.databases()
        .forEach((store, config) -> {
          // What is left is left on a shard beside others.
          if (config.shards().size() > 1) {
            recovering.add(
                Thread.ofVirtual()
                    .name("reshard-recovery")
                    .start(Recovery.of(surroundings, store)));
          }
        });
  }

  /** How far it is. */
  public Reshard.Status status() {
    return progress.status();
  }

  /** Looks at what is asked for, and begins with it. */
  public synchronized Reshard.Status ask(Reshard.Request request) {
    if (running.filter(Thread::isAlive).isPresent()) {
      return refused(List.of("a resharding is under way: see terrace reshard --status"));
    }
    try {
      Path path = Path.of(request.file());
      TerraceConfig next = load(path);
      ReshardPlan plan = ReshardPlan.of(surroundings.file(), next);
      progress.begin(plan);
      ReshardRun run = new ReshardRun(surroundings, progress, plan, path);
      switch (request.action()) {
        case PLAN -> progress.end(Phase.PLANNED, "this would move");
        case START -> start(() -> run.go(request.check()));
        case ABORT -> start(run::abort);
      }
      return progress.status();
    } catch (ReshardRefusal refusal) {
      return refused(refusal.problems());
    }
  }

  private Reshard.Status refused(List<String> problems) {
    return new Reshard.Status(
        Phase.FAILED, "", false, "refused", List.of(), problems, List.of(), null);
  }

  private TerraceConfig load(Path path) throws ReshardRefusal {
    Path served = surroundings.path();
    try {
      if (Files.isDirectory(served) || Files.isSameFile(path, served)) {
        throw new ReshardRefusal(
            "write what is to be served into a file of its own beside "
                + served
                + (Files.isDirectory(served) ? ", which is to be one file too" : "")
                + ": it takes that one's place when all rows are there");
      }
      Path folder = path.toAbsolutePath().getParent();
      if (folder == null
          || !Files.isSameFile(folder, surroundings.path().toAbsolutePath().getParent())) {
        throw new ReshardRefusal(
            path + " must be in the same folder as " + served + ", whose place it takes");
      }
    } catch (IOException | InvalidPathException e) {
      throw new ReshardRefusal(path + " cannot be read: " + e.getMessage());
    }
    return switch (ConfigFile.load(path, System.getenv())) {
      case Loaded.Broken(List<Problem> problems) ->
          throw new ReshardRefusal(problems.stream().map(Problem::toString).toList());
      case Loaded.Ok(TerraceConfig next, List<Problem> warnings) -> next;
    };
  }

  /** A step that may fail. */
  private interface Work {
    void run() throws ReshardRefusal, EngineFailure, InterruptedException;
  }

  private void start(Work work) {
    running =
        Optional.of(
            Thread.ofVirtual()
                .name("reshard")
                .start(() -> {
                  try {
                    work.run();
                  } catch (ReshardRefusal e) {
                    progress.fail(e.problems());
                  } catch (EngineFailure e) {
                    progress.fail(List.of(e.reason()));
                  } catch (InterruptedException e) {
                    progress.fail(List.of("Terrace is stopping; ask for it again to go on"));
                  } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.ERROR, "a resharding broke", e);
                    progress.fail(List.of("it broke: " + e));
                  }
                }));
  }

  /** Stops at the next step. */
  @Override
  public synchronized void close() {
    running.ifPresent(Thread::interrupt);
    recovering.forEach(Thread::interrupt);
  }
}

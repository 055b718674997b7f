package dev.terrace.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The data folder that all servers of a cluster begin with, from the cache: initdb takes seconds on
 * a busy machine and a copy a tenth of that. Primary and replica must begin with the same one
 * anyway.
 */
final class PostgresTemplate {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final List<String> INITDB_OPTIONS =
      List.of(
          "--auth=scram-sha-256",
          "--encoding=UTF8",
          "--locale-provider=builtin",
          "--locale=C.UTF-8",
          "--no-sync",
          "--no-instructions");

  private final PostgresSpec spec;
  private final PostgresBinaries binaries;
  private final Account account;
  private final Path data;

  /** Takes it from the cache, or creates it there. */
  PostgresTemplate(
      PostgresSpec spec,
      PostgresBinaries binaries,
      Account account,
      CacheFolder cache,
      Consumer<String> progress) {
    this.spec = spec;
    this.binaries = binaries;
    this.account = account;
    this.data =
        cache
            .entry(
                "template-" + binaries.label() + "-" + fingerprint(),
                folder -> {
                  progress.accept("Creating a database folder in " + cache.path());
                  create(folder);
                })
            .resolve("data");
  }

  /** Equal for clusters that can begin with the same folder. */
  private String fingerprint() {
    String distinct =
        String.join(
            "\n",
            spec.user(),
            spec.password(),
            spec.database(),
            account.toString(),
            statements(),
            INITDB_OPTIONS.toString());
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(distinct.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private String statements() {
    return "CREATE EXTENSION pg_stat_statements;\nCREATE DATABASE \"" + spec.database() + "\";\n";
  }

  /** Fills it, with the database and pg_stat_statements in it. */
  private void create(Path folder) throws IOException {
    account.own(folder);
    Path password = file(folder.resolve("password"), spec.password() + "\n");
    Path newData = folder.resolve("data");
    List<String> initdb = new ArrayList<>(List.of(binaries.program("initdb").toString()));
    initdb.addAll(List.of("--pgdata=" + newData, "--username=" + spec.user()));
    initdb.add("--pwfile=" + password);
    initdb.addAll(INITDB_OPTIONS);
    run("initdb", initdb, folder);
    Files.delete(password);
    Path statements = file(folder.resolve("create.sql"), statements());
    // Without a server: statements from standard input, one a line. $0 is their file.
    run(
        "postgres --single",
        List.of(
            "sh",
            "-c",
            "exec \"$@\" <\"$0\"",
            statements.toString(),
            binaries.program("postgres").toString(),
            "--single",
            "-F",
            "-D",
            newData.toString(),
            "template1"),
        folder);
    Files.delete(statements);
    Files.delete(newData.resolve("postgresql.conf"));
  }

  private Path file(Path file, String content) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, content);
    account.own(file);
    return file;
  }

  private void run(String name, List<String> command, Path folder) {
    List<String> line = new ArrayList<>(account.prefix());
    line.addAll(command);
    Map<String, String> environment = Map.of("TZ", "UTC", "LC_ALL", "C");
    Path log = folder.resolve("create.log");
    try (ChildProcess child =
        ChildProcess.start(new ChildProcess.Spec(name, line, environment, log, "TERM", 1))) {
      child.waitUntilDone(PATIENCE);
    }
  }

  /** Copies it for a server. */
  void copyTo(Path target) throws IOException {
    Files.walkFileTree(
        data,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes attributes)
              throws IOException {
            return copy(from);
          }

          @Override
          public FileVisitResult visitFile(Path from, BasicFileAttributes attributes)
              throws IOException {
            return copy(from);
          }

          private FileVisitResult copy(Path from) throws IOException {
            Path to = target.resolve(data.relativize(from));
            Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES); // with its owner
            return FileVisitResult.CONTINUE;
          }
        });
  }
}

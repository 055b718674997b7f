package dev.terrace.sandbox;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The data folder that all servers of a cluster begin with: initdb runs once, and copying its
 * result takes a tenth of the time. Primary and replica must begin with the same one anyway.
 */
final class PostgresTemplate {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final PostgresSpec spec;
  private final PostgresBinaries binaries;
  private final Account account;
  private final Path folder;
  private final Path data;

  PostgresTemplate(PostgresSpec spec, PostgresBinaries binaries, Account account, Path folder) {
    this.spec = spec;
    this.binaries = binaries;
    this.account = account;
    this.folder = folder;
    this.data = folder.resolve("template");
  }

  /** Creates the folder, with the database and pg_stat_statements in it. */
  void create() throws IOException {
    Path password = file("password", spec.password() + "\n");
    run(
        "initdb",
        List.of(
            binaries.program("initdb").toString(),
            "--pgdata=" + data,
            "--username=" + spec.user(),
            "--pwfile=" + password,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions"));
    Files.delete(password);
    Path statements =
        file(
            "create.sql",
            "CREATE EXTENSION pg_stat_statements;\nCREATE DATABASE \"" + spec.database() + "\";\n");
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
            data.toString(),
            "template1"));
    Files.delete(statements);
    Files.delete(data.resolve("postgresql.conf"));
  }

  private Path file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, content);
    account.own(file);
    return file;
  }

  private void run(String name, List<String> command) {
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

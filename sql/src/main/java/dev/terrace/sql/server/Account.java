package dev.terrace.sql.server;

import dev.terrace.sql.auth.ServerPassword;
import java.util.Optional;

/** As whom Terrace logs in to a store's servers. */
public record Account(String user, String database, Optional<ServerPassword> password) {}

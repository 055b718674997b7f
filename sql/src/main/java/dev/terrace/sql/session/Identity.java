package dev.terrace.sql.session;

import dev.terrace.sql.server.Account;
import java.util.Optional;

/**
 * Who a client is once it has logged in.
 *
 * @param user by whose name it came in
 * @param account as whom servers see it; as the store's own user if empty
 * @param keepsServers whether its server connections are its own to its end
 * @param memory what is kept for all sessions of the user
 * @param minor the minor version of protocol 3 that is spoken
 */
record Identity(
    String user, Optional<Account> account, boolean keepsServers, UserMemory memory, int minor) {}

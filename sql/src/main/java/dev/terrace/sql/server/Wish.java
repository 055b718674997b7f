package dev.terrace.sql.server;

/** What somebody wants a connection for, and who is told of it. */
record Wish(Account account, Settings settings, Owner owner, ServerPool.Acquired acquired) {}

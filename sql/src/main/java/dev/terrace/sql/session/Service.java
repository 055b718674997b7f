package dev.terrace.sql.session;

import dev.terrace.config.SqlConfig;
import dev.terrace.sql.auth.Users;
import dev.terrace.sql.coordinate.CoordinatorTerms;
import dev.terrace.sql.plan.CacheTerms;
import dev.terrace.sql.plan.StatementPlanner;
import dev.terrace.sql.server.Account;
import dev.terrace.sql.server.Accounts;
import java.util.Optional;

/**
 * What sessions work by, for one version of the file.
 *
 * @param store the store's name
 * @param database the database's name on the servers
 * @param account the store's own, for whoever has no other
 */
public record Service(
    String store,
    String database,
    SqlConfig config,
    StatementPlanner planner,
    Users users,
    Accounts accounts,
    Account account,
    Members members,
    Optional<CoordinatorTerms> coordinator,
    Optional<CacheTerms> cache,
    Meters meters) {}

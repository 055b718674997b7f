package dev.terrace.sql.session;

import dev.terrace.config.SqlConfig;
import dev.terrace.sql.auth.Users;
import dev.terrace.sql.plan.StatementPlanner;

/**
 * What sessions work by, for one version of the file.
 *
 * @param store the store's name
 * @param database the database's name on the servers
 */
public record Service(
    String store,
    String database,
    SqlConfig config,
    StatementPlanner planner,
    Users users,
    Members members,
    Meters meters) {}

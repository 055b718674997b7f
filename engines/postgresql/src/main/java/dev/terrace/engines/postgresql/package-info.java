/**
 * PostgreSQL as a store: {@link dev.terrace.engines.postgresql.PostgresEngine}, and the checks of
 * its servers' roles and lag: {@link dev.terrace.engines.postgresql.PostgresHealth}.
 */
@NullMarked
package dev.terrace.engines.postgresql;

import org.jspecify.annotations.NullMarked;

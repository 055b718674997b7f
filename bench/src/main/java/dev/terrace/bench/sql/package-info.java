/** pgbench through the SQL front and its peers; start at {@link dev.terrace.bench.sql.SqlBench}. */
@NullMarked
package dev.terrace.bench.sql;

import org.jspecify.annotations.NullMarked;

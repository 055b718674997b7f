/**
 * Cuts what COPY sends into rows and finds a column in each, as PostgreSQL would: start at {@link
 * dev.terrace.sql.copy.CopyRows}.
 */
@NullMarked
package dev.terrace.sql.copy;

import org.jspecify.annotations.NullMarked;

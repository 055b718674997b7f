/**
 * Unique numbers in the order of time, which several processes give out without asking each other.
 */
@NullMarked
package dev.terrace.sql.ids;

import org.jspecify.annotations.NullMarked;

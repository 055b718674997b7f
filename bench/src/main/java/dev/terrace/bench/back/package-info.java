/**
 * Write-back under load, over kills of Terrace and outages of the database: {@link
 * dev.terrace.bench.back.WriteBackSoak} runs it.
 */
@NullMarked
package dev.terrace.bench.back;

import org.jspecify.annotations.NullMarked;

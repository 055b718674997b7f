/**
 * From text to records. {@link dev.terrace.config.bind.YamlReader} makes a {@link
 * dev.terrace.config.bind.Tree} that knows where everything stands, {@link
 * dev.terrace.config.bind.Binder} makes the records, and what either finds wrong goes to {@link
 * dev.terrace.config.bind.Problems}: none of them stops at the first mistake.
 */
@NullMarked
package dev.terrace.config.bind;

import org.jspecify.annotations.NullMarked;

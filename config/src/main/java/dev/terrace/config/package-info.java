/**
 * The file as checked records. {@link dev.terrace.config.TerraceConfig} is the whole; each record's
 * components are the file's keys in kebab case.
 */
@NullMarked
package dev.terrace.config;

import org.jspecify.annotations.NullMarked;

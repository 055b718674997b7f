/**
 * The file in all its forms. {@link dev.terrace.config.file.ConfigFile} reads it, {@link
 * dev.terrace.config.file.EffectiveConfig} prints it with every default, {@link
 * dev.terrace.config.file.ConfigSchema} and {@link dev.terrace.config.file.ConfigReference}
 * describe what it may hold.
 */
@NullMarked
package dev.terrace.config.file;

import org.jspecify.annotations.NullMarked;

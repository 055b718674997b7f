/**
 * Answers compressed on their way to the client; start at {@link
 * dev.terrace.http.compress.Compression}.
 */
@NullMarked
package dev.terrace.http.compress;

import org.jspecify.annotations.NullMarked;

/**
 * What the file may hold, read off the records: {@link dev.terrace.config.shape.Shapes#FILE} is the
 * whole file. The binder, the effective form, the JSON Schema and the reference all walk these
 * shapes, so they cannot disagree.
 */
@NullMarked
package dev.terrace.config.shape;

import org.jspecify.annotations.NullMarked;

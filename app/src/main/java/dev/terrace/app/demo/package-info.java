/** The whole path on one machine; start at {@link dev.terrace.app.demo.Demo}. */
@NullMarked
package dev.terrace.app.demo;

import org.jspecify.annotations.NullMarked;

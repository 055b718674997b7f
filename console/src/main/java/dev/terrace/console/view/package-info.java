/**
 * What the API's JSON says; all of it together is a {@link dev.terrace.console.view.SystemView}.
 * The records' components are the keys, units last.
 */
@NullMarked
package dev.terrace.console.view;

import org.jspecify.annotations.NullMarked;

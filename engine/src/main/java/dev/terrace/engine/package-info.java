/**
 * What Terrace asks of a data store, in blocking methods for virtual threads: {@link
 * dev.terrace.engine.Engine}. Each engine is found through {@link
 * dev.terrace.engine.EngineProvider} and passes the contract test in testkit.
 */
@NullMarked
package dev.terrace.engine;

import org.jspecify.annotations.NullMarked;

/** What every engine must do: {@link dev.terrace.testkit.engine.EngineContract}. */
@NullMarked
package dev.terrace.testkit.engine;

import org.jspecify.annotations.NullMarked;

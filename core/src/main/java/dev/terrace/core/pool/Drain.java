package dev.terrace.core.pool;

import java.time.Instant;
import java.util.Optional;

/**
 * That an operator took a member out of rotation.
 *
 * @param deadline when the connections to it that are left then are closed; without one they all
 *     may finish
 */
public record Drain(Optional<Instant> deadline) {}

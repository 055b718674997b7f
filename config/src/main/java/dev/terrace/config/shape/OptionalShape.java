package dev.terrace.config.shape;

/** A value that may be left out, and then there is none. */
public record OptionalShape(Shape value) implements Shape {}

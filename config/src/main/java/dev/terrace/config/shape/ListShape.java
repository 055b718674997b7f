package dev.terrace.config.shape;

/** Any number of values; one alone may be written without the list. */
public record ListShape(Shape item) implements Shape {}

package dev.terrace.config.shape;

/** Values by a name that the file's author chooses. */
public record MapShape(Shape value) implements Shape {}

package dev.terrace.config.shape;

/** What a value of the file looks like, and how it becomes a value of a record. */
public sealed interface Shape
    permits ScalarShape, FormShape, RecordShape, ListShape, MapShape, OptionalShape {}

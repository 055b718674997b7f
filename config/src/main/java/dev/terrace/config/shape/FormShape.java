package dev.terrace.config.shape;

import java.util.Optional;
import java.util.function.Function;

/**
 * A value with two spellings: a short text, or a mapping that can say more.
 *
 * @param text the short one
 * @param form the mapping
 * @param fromForm the value that a mapping's record stands for
 * @param toForm the record that says all of a value, if the short text cannot
 */
public record FormShape(
    ScalarShape text,
    RecordShape form,
    Function<Object, Object> fromForm,
    Function<Object, Optional<Object>> toForm)
    implements Shape {}

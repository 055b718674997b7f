/**
 * Heads of messages as routes see them ({@link dev.terrace.http.head.HeadView}) and as they go on
 * to the next hop ({@link dev.terrace.http.head.HeadRewriter}).
 */
@NullMarked
package dev.terrace.http.head;

import org.jspecify.annotations.NullMarked;

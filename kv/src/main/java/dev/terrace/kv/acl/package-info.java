/**
 * Who may do what, in the words of Redis's ACL: {@link dev.terrace.kv.acl.Users} logs clients in,
 * {@link dev.terrace.kv.acl.User} says what one may do.
 */
@NullMarked
package dev.terrace.kv.acl;

import org.jspecify.annotations.NullMarked;

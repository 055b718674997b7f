/**
 * Members of pools that are found while running, in DNS or in a file of their own; start at {@link
 * dev.terrace.net.discovery.Discovery}.
 */
@NullMarked
package dev.terrace.net.discovery;

import org.jspecify.annotations.NullMarked;

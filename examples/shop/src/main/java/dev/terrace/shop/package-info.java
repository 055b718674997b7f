/**
 * A small web shop as a newcomer to Terrace would have one: a plain HTTP server, a PostgreSQL
 * driver and a Redis client. Nothing in it knows that Terrace is there. Start at {@link
 * dev.terrace.shop.Shop}; {@link dev.terrace.shop.Visitors} makes load.
 */
@NullMarked
package dev.terrace.shop;

import org.jspecify.annotations.NullMarked;

/**
 * The demo shop's schema and its generated data. Start at {@link
 * dev.terrace.sandbox.shop.ShopData}; {@link dev.terrace.sandbox.shop.ShopLoader} brings it into a
 * cluster.
 */
@NullMarked
package dev.terrace.sandbox.shop;

import org.jspecify.annotations.NullMarked;

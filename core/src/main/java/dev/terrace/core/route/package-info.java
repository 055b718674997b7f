/** Which rule a request falls under; start at {@link dev.terrace.core.route.RouteTable}. */
@NullMarked
package dev.terrace.core.route;

import org.jspecify.annotations.NullMarked;

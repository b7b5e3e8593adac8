/** What operators see of requests: the access log, the metrics, the view of the routes. */
@NullMarked
package dev.tidegate.ingress.observe;

import org.jspecify.annotations.NullMarked;

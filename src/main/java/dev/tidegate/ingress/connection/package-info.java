/**
 * The callers' connections: counted, bounded, held to the time that they may take, and what is
 * answered when there is no request yet. {@link dev.tidegate.ingress.connection.HttpInternals}
 * alone knows what lies below Vert.x's HTTP API.
 */
@NullMarked
package dev.tidegate.ingress.connection;

import org.jspecify.annotations.NullMarked;

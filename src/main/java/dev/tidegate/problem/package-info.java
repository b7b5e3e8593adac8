/**
 * The error catalogue: every refusal that a client can meet, as RFC 9457 problem details and as a
 * page to read, and every close code.
 */
@NullMarked
package dev.tidegate.problem;

import org.jspecify.annotations.NullMarked;

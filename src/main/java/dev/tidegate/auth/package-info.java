/**
 * Who is calling: API keys and JWTs, checked in memory, and the policy that holds routes to their
 * demands.
 */
@NullMarked
package dev.tidegate.auth;

import org.jspecify.annotations.NullMarked;

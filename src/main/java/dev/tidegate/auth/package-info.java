/**
 * Who is calling: API keys, JWTs and signed logins, checked in memory, and the policy that holds
 * routes to their demands.
 */
@NullMarked
package dev.tidegate.auth;

import org.jspecify.annotations.NullMarked;

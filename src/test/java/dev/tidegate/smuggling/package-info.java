/**
 * Does everybody read a request as the gateway does? Generated requests pass the gateway, and what
 * it forwards goes to several servers of others, byte for byte.
 */
@NullMarked
package dev.tidegate.smuggling;

import org.jspecify.annotations.NullMarked;

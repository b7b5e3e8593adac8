/**
 * Which route a request takes: its configuration and a table that finds it in time that does not
 * grow with the number of routes. No Vert.x here.
 */
@NullMarked
package dev.tidegate.route;

import org.jspecify.annotations.NullMarked;

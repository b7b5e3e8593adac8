/** The files that describe a node: read strictly, with the line of whatever is wrong. */
@NullMarked
package dev.tidegate.app.config;

import org.jspecify.annotations.NullMarked;

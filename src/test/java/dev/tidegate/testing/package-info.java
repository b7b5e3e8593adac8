/** Real servers for the integration tests, started as processes of their own. */
package dev.tidegate.testing;

package dev.tidegate.net;

import org.jspecify.annotations.Nullable;

/**
 * What a listener with TLS is set up with.
 *
 * @param name the listener, as operators know it
 * @param key the PEM file of the private key
 * @param cert the PEM file of the certificate chain
 * @param clients whether callers show a certificate
 * @param trust the PEM file of who may have issued those; null when none are asked for
 */
public record TlsFiles(
    String name, String key, String cert, ClientAuthentication clients, @Nullable String trust) {}

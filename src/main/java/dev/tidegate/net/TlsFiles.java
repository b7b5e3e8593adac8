package dev.tidegate.net;

/**
 * What a listener with TLS is set up with.
 *
 * @param name the listener, as operators know it
 * @param key the PEM file of the private key
 * @param cert the PEM file of the certificate chain
 */
public record TlsFiles(String name, String key, String cert) {}

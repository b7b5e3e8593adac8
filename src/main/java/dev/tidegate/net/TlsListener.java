package dev.tidegate.net;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one of our listeners speaks TLS: versions 1.2 and 1.3 only, authenticated encryption only, a
 * bounded handshake, ALPN where there is something to choose, and the certificate that its files
 * hold now. Safe for all threads; reads files, so not on an event loop.
 */
public final class TlsListener {
  /** How often the files are looked at. By content: a mounted secret changes by its links. */
  public static final Duration EVERY = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(TlsListener.class);
  private static final int HANDSHAKE_SECONDS = 10;

  /** Those of TLS 1.3, and of TLS 1.2 what has forward secrecy too. */
  private static final List<String> SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /** Reads a key pair as the server will. */
  @FunctionalInterface
  public interface Reader {
    KeyManagerFactory read(PemKeyCertOptions pair) throws Exception;
  }

  /** Does work that blocks. */
  public interface Worker {
    <T> Future<@Nullable T> run(Callable<T> work);
  }

  /** What the files held. */
  private record Content(Buffer key, Buffer cert, @Nullable Buffer trust) {}

  private final TlsFiles files;
  private final List<HttpVersion> versions;
  private final Counter loaded;
  private final Counter refused;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile @Nullable Content served;

  /** What was told last of files that are no use, so that it is told once. */
  private volatile @Nullable String complaint;

  TlsListener(TlsFiles files, List<HttpVersion> versions, MeterRegistry meters) {
    this.files = files;
    this.versions = versions;
    this.loaded = counter(meters, files.name(), "loaded");
    this.refused = counter(meters, files.name(), "refused");
  }

  private static Counter counter(MeterRegistry meters, String listener, String result) {
    return Counter.builder("tidegate.tls.reloads")
        .description("Certificates that were found changed while the listener served")
        .tag("listener", listener)
        .tag("result", result)
        .register(meters);
  }

  /** Turns a listener's options into those of one with TLS; throws when its files are no use. */
  public HttpServerOptions secure(HttpServerOptions options, Reader reader) {
    Content content = read();
    check(content, reader);
    served = content;
    return settings(options).setKeyCertOptions(pair(content)).setTrustOptions(trust(content));
  }

  private HttpServerOptions settings(HttpServerOptions options) {
    SUITES.forEach(options::addEnabledCipherSuite);
    return options
        .setSsl(true)
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
        .setUseAlpn(versions.size() > 1)
        .setAlpnVersions(versions)
        .setClientAuth(files.clients().option);
  }

  /**
   * Looks whether the files have changed. If so new connections are shown the new certificate;
   * those that are open live on. What is no use changes nothing.
   */
  public Future<Void> follow(HttpServer server, Worker worker, Reader reader) {
    if (!looking.compareAndSet(false, true)) {
      return Future.succeededFuture();
    }
    return worker
        .run(() -> changed(reader))
        .compose(
            content ->
                content == null || content.isEmpty()
                    ? Future.succeededFuture()
                    : serve(server, content.get()))
        .onFailure(this::tell)
        .otherwiseEmpty()
        .onComplete(done -> looking.set(false));
  }

  private Optional<Content> changed(Reader reader) {
    Content content = null;
    try {
      content = read();
      if (content.equals(served)) {
        complaint = null;
        return Optional.empty();
      }
      check(content, reader);
      return Optional.of(content);
    } catch (IllegalArgumentException e) {
      String again = Objects.hash(content) + " " + e.getMessage();
      if (again.equals(complaint)) {
        return Optional.empty();
      }
      complaint = again;
      throw e;
    }
  }

  private Future<Void> serve(HttpServer server, Content content) {
    ServerSSLOptions options =
        Objects.requireNonNull(settings(new HttpServerOptions()).getSslOptions())
            .setKeyCertOptions(pair(content))
            .setTrustOptions(trust(content))
            .setApplicationLayerProtocols(versions.stream().map(HttpVersion::alpnName).toList());
    return server
        .updateSSLOptions(options, true)
        .onSuccess(
            updated -> {
              served = content;
              complaint = null;
              loaded.increment();
              LOG.info("event=certificate-loaded listener={} file={}", files.name(), files.cert());
            })
        .mapEmpty();
  }

  private void tell(Throwable why) {
    refused.increment();
    LOG.error(
        "event=certificate-refused listener={} msg=\"the old one stays\" why=\"{}\"",
        files.name(),
        why.getMessage());
  }

  /** Throws when the files are no use, and says why. */
  public static void check(TlsFiles files, Reader reader) {
    TlsListener listener = new TlsListener(files, List.of(), new SimpleMeterRegistry());
    listener.check(listener.read(), reader);
  }

  private Content read() {
    return new Content(
        read("key", files.key()),
        read("cert", files.cert()),
        files.trust() == null ? null : read("trust", files.trust()));
  }

  private Buffer read(String what, String file) {
    try {
      return Buffer.buffer(Files.readAllBytes(Path.of(file)));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          files.name() + ".tls." + what + ": " + file + " (expected a PEM file)", e);
    }
  }

  private static PemKeyCertOptions pair(Content content) {
    return new PemKeyCertOptions().setKeyValue(content.key()).setCertValue(content.cert());
  }

  private static @Nullable PemTrustOptions trust(Content content) {
    return content.trust() == null ? null : new PemTrustOptions().addCertValue(content.trust());
  }

  private void check(Content content, Reader reader) {
    checkTrust(content.trust());
    try {
      KeyPairs.check(reader.read(pair(content)));
    } catch (Exception e) {
      throw new IllegalArgumentException(
          files.name()
              + ".tls: "
              + files.key()
              + ", "
              + files.cert()
              + " (expected the PEM files of a private key and its certificates): "
              + e.getMessage(),
          e);
    }
  }

  private void checkTrust(@Nullable Buffer trust) {
    if (trust == null) {
      return;
    }
    int found = 0;
    try (InputStream pem = new ByteArrayInputStream(trust.getBytes())) {
      found = CertificateFactory.getInstance("X.509").generateCertificates(pem).size();
    } catch (IOException | CertificateException e) {
      LOG.debug("file={} msg=\"no certificates\"", files.trust(), e);
    }
    if (found == 0) {
      throw new IllegalArgumentException(
          files.name() + ".tls.trust: " + files.trust() + " (expected PEM certificates)");
    }
  }
}

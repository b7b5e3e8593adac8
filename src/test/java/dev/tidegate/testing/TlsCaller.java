package dev.tidegate.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Locale;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** A TLS client that keeps its sessions, with sockets of the JDK. */
public final class TlsCaller {
  private final SSLContext context;
  private final int port;

  /** Trusts whom this file names, and shows what these managers have. */
  public TlsCaller(int port, String ca, KeyManager... own) {
    this.port = port;
    try (InputStream in = new FileInputStream(ca)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int i = 0;
      for (var one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + i++, one);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      context = SSLContext.getInstance("TLS");
      context.init(own, trust.getTrustManagers(), null);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private TlsCaller(int port, TrustManager anybody) {
    this.port = port;
    try {
      context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {anybody}, new SecureRandom());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Takes any certificate, to look at it. */
  public static TlsCaller trusting(int port) {
    return new TlsCaller(port, new Anybody());
  }

  /** A handshake, with these versions and suites; none of either for what the JDK has. */
  public SSLSocket open(String version, String... suites) throws IOException {
    SSLSocket socket = raw();
    if (!version.isEmpty()) {
      socket.setEnabledProtocols(new String[] {version});
    }
    if (suites.length > 0) {
      socket.setEnabledCipherSuites(suites);
    }
    try {
      socket.startHandshake();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    return socket;
  }

  public SSLSocketFactory sockets() {
    return context.getSocketFactory();
  }

  /** Before its handshake. */
  public SSLSocket raw() throws IOException {
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Asks on a connection that stays open; the answer's head. */
  public static String get(SSLSocket socket, String path) throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    StringBuilder head = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed after: " + head);
      }
      head.append((char) next);
    }
    int at = head.toString().toLowerCase(Locale.ROOT).indexOf("content-length: ");
    if (at >= 0) {
      String rest = head.substring(at + 16);
      in.readNBytes(Integer.parseInt(rest.substring(0, rest.indexOf('\r'))));
    }
    return head.toString();
  }

  /** The certificate that the other end has shown. */
  public static X509Certificate shown(SSLSocket socket) throws IOException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] c, String t, java.net.Socket s) {}

    @Override
    public void checkServerTrusted(X509Certificate[] c, String t, java.net.Socket s) {}

    @Override
    public void checkClientTrusted(X509Certificate[] c, String t, javax.net.ssl.SSLEngine e) {}

    @Override
    public void checkServerTrusted(X509Certificate[] c, String t, javax.net.ssl.SSLEngine e) {}

    @Override
    public void checkClientTrusted(X509Certificate[] c, String t) {}

    @Override
    public void checkServerTrusted(X509Certificate[] c, String t) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}

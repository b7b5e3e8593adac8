package dev.tidegate.compress;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.github.luben.zstd.util.Native;
import dev.tidegate.net.HeaderLists;
import dev.tidegate.policy.BodyEncoder;
import dev.tidegate.policy.Coding;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The content codings that this machine has, and which of them a caller wants. */
final class Codings {
  private static final Logger LOG = LoggerFactory.getLogger(Codings.class);

  /** Levels whose cost fits an event loop. */
  private static final int GZIP_LEVEL = 4;

  private static final int BR_QUALITY = 4;
  private static final int ZSTD_LEVEL = 3;
  private static final int BUFFER = 8192;

  private Codings() {}

  /** Those of the list whose libraries work here; says once which do not. */
  static List<Coding> available(List<Coding> wanted) {
    return wanted.stream().filter(Codings::isAvailable).toList();
  }

  @SuppressWarnings("CatchThrowable") // a library that cannot be linked is an Error
  private static boolean isAvailable(Coding coding) {
    try {
      switch (coding) {
        case BR -> Brotli4jLoader.ensureAvailability();
        case ZSTD -> Native.load();
        case GZIP -> {}
      }
      return true;
    } catch (Throwable e) {
      LOG.warn("coding={} msg=\"not available on this machine\" why=\"{}\"", coding, e.toString());
      return false;
    }
  }

  /**
   * Which one the caller wants most (RFC 9110, section 12.5.3): of equal ones the first of the
   * list. Null for none, and where nothing is said.
   */
  static @Nullable Coding wanted(MultiMap headers, List<Coding> offered) {
    List<String> elements = HeaderLists.elements(headers, HttpHeaders.ACCEPT_ENCODING);
    Coding best = null;
    int most = 0;
    for (Coding coding : offered) {
      int quality = quality(elements, coding);
      if (quality > most) {
        most = quality;
        best = coding;
      }
    }
    return best;
  }

  private static int quality(List<String> elements, Coding coding) {
    int any = 0;
    for (String element : elements) {
      if (HeaderLists.names(element, coding.text())
          || (coding == Coding.GZIP && HeaderLists.names(element, "x-gzip"))) {
        return HeaderLists.quality(element);
      }
      if (HeaderLists.names(element, "*")) {
        any = HeaderLists.quality(element);
      }
    }
    return any;
  }

  /** One for an answer's body; with {@code flushing} nothing is held back. */
  static BodyEncoder encoder(Coding coding, boolean flushing) {
    StreamEncoder.Opener opener =
        switch (coding) {
          case GZIP -> Codings::gzip;
          case BR ->
              out -> new BrotliOutputStream(out, new Encoder.Parameters().setQuality(BR_QUALITY));
          case ZSTD -> out -> new ZstdOutputStreamNoFinalizer(out, ZSTD_LEVEL);
        };
    return new StreamEncoder(opener, flushing);
  }

  private static OutputStream gzip(OutputStream out) throws IOException {
    return new GZIPOutputStream(out, BUFFER, true) {
      {
        def.setLevel(GZIP_LEVEL);
      }
    };
  }
}

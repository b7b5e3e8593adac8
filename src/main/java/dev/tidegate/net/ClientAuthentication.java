package dev.tidegate.net;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vertx.core.http.ClientAuth;

/** Whether callers of a listener with TLS show a certificate of theirs. */
public enum ClientAuthentication {
  /** They are not asked. */
  @JsonProperty("none")
  NONE(ClientAuth.NONE),
  /** They may; one that is not trusted ends the handshake. */
  @JsonProperty("request")
  REQUEST(ClientAuth.REQUEST),
  /** Without a certificate that is trusted there is no handshake. */
  @JsonProperty("required")
  REQUIRED(ClientAuth.REQUIRED);

  final ClientAuth option;

  ClientAuthentication(ClientAuth option) {
    this.option = option;
  }
}

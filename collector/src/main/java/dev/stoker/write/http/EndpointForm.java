package dev.stoker.write.http;

import dev.stoker.schema.Args;
import dev.stoker.write.endpoint.Protocol;
import java.util.Set;

/** In what the <code>endpoint</code> blocks of protocols differ. */
public interface EndpointForm {
  /** The protocol, of the arguments that only this form has. */
  Protocol protocol(Args args);

  /** A URL for the messages about a missing one. */
  String exampleUrl();

  /** Headers that the protocol sets itself, beside those of HTTP, in lower case. */
  Set<String> reserved();

  /** Says what else may be wrong. */
  void check(Args args, EndpointConfig endpoint);
}

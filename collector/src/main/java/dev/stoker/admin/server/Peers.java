package dev.stoker.admin.server;

import io.vertx.core.http.HttpServerRequest;

/** Whether a request comes from this machine; tests say what they like. */
interface Peers {
  boolean isNear(HttpServerRequest request);
}

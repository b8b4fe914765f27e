package dev.stoker.http.connection;

import io.vertx.ext.web.client.impl.HttpContext;

/**
 * Body codec of a request that wants to take part in each step of the Web Client: before the
 * request is made, before it is sent, and before its answer is read.
 */
public interface RequestSteps {
  /**
   * Called once for each step. The request goes on when <code>context.next()</code> is called; if
   * it is never called, the Web Client does nothing more for this request.
   */
  void step(HttpContext<?> context);

  /** Interceptor of the Web Client: finds the steps by the codec that the request was sent with. */
  static void intercept(HttpContext<?> context) {
    if (context.request().bodyCodec() instanceof RequestSteps steps) {
      steps.step(context);
    } else {
      context.next();
    }
  }
}

/**
 * HTTP requests with the settings of a component: its login, headers, TLS, proxy and redirects.
 * There is one exchange, with one redirect loop and one rule for credentials, and everybody who
 * asks a server for something uses it: scrapes, pushes, discovery, token servers and the agents of
 * JVMs. An exchange checks that it begins on the control context; files are read on a worker
 * thread.
 */
@NullMarked
package dev.stoker.http.client;

import org.jspecify.annotations.NullMarked;

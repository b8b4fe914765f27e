/**
 * The connections of HTTP clients. Every HTTP client of Stoker is made here, so that a connection
 * that has gone silent, that speaks another protocol or that never gives its final answer is left.
 * The rooms above use it through the exchange of <code>http.client</code>. The control context uses
 * it, which is checked where a request begins; the handler of first bytes runs on the event loop of
 * its connection.
 */
@NullMarked
package dev.stoker.http.connection;

import org.jspecify.annotations.NullMarked;

/**
 * TLS towards a server: what a config says about it, the certificates and keys that are read for
 * it, and the words for a certificate that is not trusted. Certificates are read on a worker
 * thread; the result is immutable.
 */
@NullMarked
package dev.stoker.http.tls;

import org.jspecify.annotations.NullMarked;

/**
 * Who may talk to a server of ours, and with which certificate. The admin server asks it for each
 * request. The control context asks; files are read on a worker thread.
 */
@NullMarked
package dev.stoker.http.server;

import org.jspecify.annotations.NullMarked;

/**
 * Passwords, tokens and keys: where a config keeps them, how their files are read, and how they are
 * taken out of texts that people see. Reading a file blocks, so it is done on a worker thread.
 */
@NullMarked
package dev.stoker.http.secret;

import org.jspecify.annotations.NullMarked;

/**
 * Words for people about connections and answers that are not what was expected: a wrong port,
 * another protocol, a login page. All of it is pure and may be called on any thread.
 */
@NullMarked
package dev.stoker.http.failure;

import org.jspecify.annotations.NullMarked;

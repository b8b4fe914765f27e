/**
 * Which proxy a request goes through, and which hosts are reached without one, by the rules of Go.
 * All of it is immutable and may be called on any thread.
 */
@NullMarked
package dev.stoker.http.proxy;

import org.jspecify.annotations.NullMarked;

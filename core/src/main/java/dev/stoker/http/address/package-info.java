/**
 * Small questions about URLs: what may be shown of them, which port they mean, and which of them
 * lead to the same server. All of it is pure and may be called on any thread.
 */
@NullMarked
package dev.stoker.http.address;

import org.jspecify.annotations.NullMarked;

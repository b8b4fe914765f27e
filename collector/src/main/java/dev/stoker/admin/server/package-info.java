/**
 * The HTTP server, and what stands before all routes: bounds on clients, login, and what clients of
 * other machines may do.
 */
@NullMarked
package dev.stoker.admin.server;

import org.jspecify.annotations.NullMarked;

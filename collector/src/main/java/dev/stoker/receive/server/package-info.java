/**
 * The HTTP server of a component that takes what others push: connections, login, reading of bodies
 * within bounds of memory and time. It knows no protocol. All of it runs on the control context;
 * the rooms of the protocols call it there.
 */
@NullMarked
package dev.stoker.receive.server;

import org.jspecify.annotations.NullMarked;

/**
 * Asks one API server: sends a list or a watch, and cuts the answer into objects while it comes in.
 * A watch of the package <code>watch</code> calls it. Answers are read on the client's own threads
 * and told on the control context.
 */
@NullMarked
package dev.stoker.discovery.kubernetes.api;

import org.jspecify.annotations.NullMarked;

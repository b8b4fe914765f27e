/**
 * Keeps up with all objects of one kind: lists them, watches them, begins again after failures, and
 * tells whoever is interested what has changed. Discoverers subscribe to it. Everything is on the
 * control context.
 */
@NullMarked
package dev.stoker.discovery.kubernetes.watch;

import org.jspecify.annotations.NullMarked;

/**
 * What every component that delivers has in common, whatever protocol its endpoints speak: its
 * endpoints through reloads, its place in the graph, and what all such components of a daemon
 * share. The rooms of the protocols call it on the control context.
 */
@NullMarked
package dev.stoker.write.component;

import org.jspecify.annotations.NullMarked;

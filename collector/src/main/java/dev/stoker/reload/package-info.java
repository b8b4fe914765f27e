/**
 * A changed config while the daemon runs: what triggers a reload, one reload at a time, and what
 * became of the last one. What a running graph is, is {@link dev.stoker.reload.Reloader.Graph}'s to
 * know.
 */
@NullMarked
package dev.stoker.reload;

import org.jspecify.annotations.NullMarked;

/**
 * What to profile: sources of targets. A mechanism is a {@link dev.stoker.discovery.Discoverer} in
 * a package of its own; the control context owns all state. Knows nothing of scraping.
 */
@NullMarked
package dev.stoker.discovery;

import org.jspecify.annotations.NullMarked;

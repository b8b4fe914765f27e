/** Thread dumps over HTTP, taken again and again, become a wall clock profile. */
@NullMarked
package dev.stoker.scrape.source.threaddump;

import org.jspecify.annotations.NullMarked;

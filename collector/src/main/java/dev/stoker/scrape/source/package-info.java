/**
 * What the sources that need several requests for one body share: requests to a target, a
 * conversation of them under one deadline and byte budget, and the names of what Stoker starts in
 * other people's JVMs. Each source has a package below this one; none sees another.
 */
@NullMarked
package dev.stoker.scrape.source;

import org.jspecify.annotations.NullMarked;

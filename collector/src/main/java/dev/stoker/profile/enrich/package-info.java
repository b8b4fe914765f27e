/**
 * <code>pyroscope.enrich</code>: gives profiles the labels of the discovered target that they are
 * of. Takes and gives profiles, and takes targets.
 */
@NullMarked
package dev.stoker.profile.enrich;

import org.jspecify.annotations.NullMarked;

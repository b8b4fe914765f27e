/**
 * What a scrape knows of a target before it asks it: the labels that a config or a discovery gave
 * it, the profile types, paths and limits that follow from them, and why a target is none. Values
 * and pure functions.
 */
@NullMarked
package dev.stoker.scrape.target;

import org.jspecify.annotations.NullMarked;

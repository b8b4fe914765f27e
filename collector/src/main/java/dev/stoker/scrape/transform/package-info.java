/**
 * From a fetched body to the profiles that are sent: each loop has one transform, chosen by what
 * its bodies are. Transforms are called on the control context, one body at a time, and do their
 * work on the CPU pool.
 */
@NullMarked
package dev.stoker.scrape.transform;

import org.jspecify.annotations.NullMarked;

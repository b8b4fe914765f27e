/**
 * Delivers one endpoint's queue, whatever protocol its sender speaks: the only retry loop in
 * Stoker, and the account of every profile. The control context owns it.
 */
@NullMarked
package dev.stoker.write.endpoint;

import org.jspecify.annotations.NullMarked;

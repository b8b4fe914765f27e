/**
 * <code>discovery.kubernetes</code>: objects of the Kubernetes API as targets, by fabric8's
 * informers. Nothing of this package is loaded unless it is configured: fabric8 costs 30 MB.
 */
@NullMarked
package dev.stoker.discovery.kubernetes;

import org.jspecify.annotations.NullMarked;

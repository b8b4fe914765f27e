/**
 * <code>discovery.kubernetes</code>: objects of the Kubernetes API as targets. Here are the
 * component's arguments and its discoverer, which joins the watches with the labels; control
 * context only. Nothing of this package is loaded unless it is configured: the client library costs
 * 30 MB.
 */
@NullMarked
package dev.stoker.discovery.kubernetes;

import org.jspecify.annotations.NullMarked;

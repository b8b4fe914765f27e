/**
 * The objects of the Kubernetes API as far as labels are made of them, and how they are read from
 * JSON. The API's client reads them on its own threads, everything else only looks at them. Does no
 * input or output.
 */
@NullMarked
package dev.stoker.discovery.kubernetes.objects;

import org.jspecify.annotations.NullMarked;

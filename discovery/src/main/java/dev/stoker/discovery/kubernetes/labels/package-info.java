/**
 * Makes the targets of one object, role by role, with the labels that Prometheus gives them. The
 * discoverers of the API server and of a kubelet call it. Pure.
 */
@NullMarked
package dev.stoker.discovery.kubernetes.labels;

import org.jspecify.annotations.NullMarked;

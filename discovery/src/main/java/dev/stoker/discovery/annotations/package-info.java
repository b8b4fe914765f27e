/**
 * <code>discovery.annotations</code>: pods that ask to be profiled by their annotations. Pure;
 * knows the labels of discovery.kubernetes (role pod), not the API.
 */
@NullMarked
package dev.stoker.discovery.annotations;

import org.jspecify.annotations.NullMarked;

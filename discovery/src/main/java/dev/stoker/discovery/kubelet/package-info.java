/** <code>discovery.kubelet</code>: the pods of one kubelet as targets. */
@NullMarked
package dev.stoker.discovery.kubelet;

import org.jspecify.annotations.NullMarked;

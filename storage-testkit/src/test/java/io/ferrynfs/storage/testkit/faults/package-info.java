@NullMarked
package io.ferrynfs.storage.testkit.faults;

import org.jspecify.annotations.NullMarked;

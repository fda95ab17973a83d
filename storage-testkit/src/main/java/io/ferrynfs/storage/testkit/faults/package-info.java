/**
 * A volume that fails on purpose: a decorator for any other, with a plan that says which calls
 * fail, wait or do less than they were asked. For tests of those who use a volume.
 */
@NullMarked
package io.ferrynfs.storage.testkit.faults;

import org.jspecify.annotations.NullMarked;

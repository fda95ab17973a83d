@NullMarked
package io.ferrynfs.cli.serve;

import org.jspecify.annotations.NullMarked;

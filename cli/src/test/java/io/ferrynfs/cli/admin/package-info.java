@NullMarked
package io.ferrynfs.cli.admin;

import org.jspecify.annotations.NullMarked;

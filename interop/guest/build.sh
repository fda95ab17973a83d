#!/bin/bash
# Builds a C project of forty files, a library and a program, with tar and make -j, then changes it, builds it again and cleans it.
. "$(dirname "$(readlink -f "$0")")/checks.sh"
export TMPDIR=$PWD/tmp; mkdir tmp project
python3 - project <<'P'
import os, sys
root = sys.argv[1]
os.makedirs(f"{root}/src"); os.makedirs(f"{root}/include")
for i in range(40):
    open(f"{root}/include/part{i}.h", "w").write(f"#pragma once\nint part{i}(int);\n")
    calls = f'#include "part{i - 1}.h"\n' if i else ""
    value = f"part{i - 1}(x) + {i}" if i else "x"
    open(f"{root}/src/part{i}.c", "w").write(f'#include <stdio.h>\n#include "part{i}.h"\n{calls}int part{i}(int x) {{ return {value}; }}\n')
open(f"{root}/src/main.c", "w").write('#include <stdio.h>\n#include "part39.h"\nint main(void) { printf("%d\\n", part39(BASE)); return 0; }\n')
open(f"{root}/Makefile", "w").write("""
OBJECTS := $(patsubst src/%.c,build/%.o,$(filter-out src/main.c,$(wildcard src/*.c)))
program: build/main.o libparts.a
	$(CC) -o $@ $^
libparts.a: $(OBJECTS)
	rm -f $@; ar rcs $@ $^
build/%.o: src/%.c | build
	$(CC) -Iinclude -DBASE=430 -MMD -c -o $@ $<
build:
	mkdir -p $@
clean:
	rm -rf build libparts.a program
-include $(wildcard build/*.d)
""")
P
tar -cf project.tar project; rm -r project; tar -xf project.tar
cd project
make -s -j4
same "$(./program)" 1210 "the program"
same "$(make -q && echo done)" done "make finds all up to date"
# After a change of a header, make rebuilds the files that depend on it and no others.
before=$(stat -c %y build/part7.o)
sleep 1
echo '/* changed */' >> include/part39.h
sed -i 's/+ 39;/+ 69;/' src/part39.c
make -s -j4
same "$(./program)" 1240 "the program after the change"
same "$(stat -c %y build/part7.o)" "$before" "what did not change is not made again"
echo 3 > /proc/sys/vm/drop_caches
same "$(./program)" 1240 "the program from the server"
mkdir ../kept; cp -p program ../kept/
make -s clean
[ ! -e build ] || fail "make clean left something"
cd ..; rm -r project project.tar tmp

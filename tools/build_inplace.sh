#!/usr/bin/env bash
# Build the compiled core beside its sources, for development:
#
#     tools/build_inplace.sh [--debug] [--keep-going]
#
# --debug       with bounds, None and initialisation checks, and symbols
# --keep-going  put in place what compiles, even if something else does not
#
# PYTHON names the interpreter to build for; Cython, NumPy, meson and ninja must be in its environment.
# Only what changed (a .pyx, or a .pxd it uses) is built again. An extension is replaced in one step,
# so a running program keeps the one that it loaded.
set -euo pipefail
cd "$(dirname "$0")/.."

python=$(command -v "${PYTHON:-python3}")
PATH=$(dirname "$python"):$PATH
variant=release
options=(-Dchecks=false)
keep_going=()
for argument in "$@"; do
    case $argument in
        --debug) variant=debug; options=(-Dchecks=true) ;;
        --keep-going) keep_going=(-k 0) ;;
        *) echo "build_inplace.sh: unknown argument: $argument" >&2; exit 2 ;;
    esac
done

core=src/chainrule/_core
build=build/inplace-$variant-$("$python" -c 'import sys; print(sys.implementation.cache_tag)')
mkdir -p "$build"
exec 9>"$build.lock"
flock 9

if [ ! -f "$build/build.ninja" ]; then
    "$python" -m mesonbuild.mesonmain setup "$build" "${options[@]}" >"$build.log" 2>&1 ||
        { cat "$build.log" >&2; exit 1; }
fi

failed=0
ninja -C "$build" -j 2 --quiet "${keep_going[@]}" 2>&1 || failed=1
if [ $failed = 1 ] && [ ${#keep_going[@]} = 0 ]; then
    exit 1
fi

for extension in "$build/$core"/*.so; do
    [ -e "$extension" ] || continue
    target=$core/$(basename "$extension")
    if ! cmp -s "$extension" "$target"; then
        cp "$extension" "$target.new"
        mv -f "$target.new" "$target"
        echo "built $target"
    fi
done
exit $failed

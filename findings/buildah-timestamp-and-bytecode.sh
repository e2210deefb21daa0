#!/bin/sh
# Guess: an image that is built with one time for all files, so that two builds are the same, runs as any other does.
# In fact: Python no longer takes what is compiled in it. A .pyc says of what time its source is, and the build gives that
# another one. So each start compiles every module anew, and where nobody may write, for ever. What is compiled by
# `--invalidation-mode unchecked-hash` is taken.
# Versions: Buildah 1.28.2, Python 3.11 and 3.13.
# Source: buildah-build(1), --timestamp; https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation

. "$(dirname "$0")/lib.sh"
need buildah
[ "$(id -u)" = 0 ] || { echo "not tried: who is not root mounts no image here" >&2; exit 2; }

# built NAME OPTION …: an image of a module that was compiled with these options; prints what Python makes of it.
built() {
    name=$1
    shift
    mkdir -p "$folder/$name"
    echo "x = 1" >"$folder/$name/module.py"
    "$python" -m compileall -q "$@" "$folder/$name"
    printf 'FROM scratch\nCOPY %s /\n' "$name" >"$folder/Dockerfile"
    store="--root $folder/store --runroot $folder/run --storage-driver vfs"
    buildah $store build --quiet --timestamp 1000000000 --tag "$name" "$folder" >/dev/null
    container=$(buildah $store from "$name")
    there=$(buildah $store mount "$container")
    PYTHONPATH=$there "$python" -v -c "import module" 2>&1 | sed -n "s#.*\(bytecode is stale\|matches\).*module.*#$name: \1#p" | head -1
}

{
    built usual
    built unchecked --invalidation-mode unchecked-hash
} >"$folder/said"

expect 'usual: bytecode is stale
unchecked: matches' <<END
print(open("$folder/said").read(), end="")
END

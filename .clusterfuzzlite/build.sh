#!/usr/bin/env bash
# Builds every fuzz target into $OUT, with its seed corpus and dictionary, as ClusterFuzzLite and OSS-Fuzz want them:
#   OUT=DIRECTORY .clusterfuzzlite/build.sh
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
: "${OUT:?where the targets go}"

# The programs look for shared libraries beside themselves: they run in another image than the one they were built in.
cmake --preset fuzz "-DCMAKE_BUILD_RPATH=\$ORIGIN/lib"
cmake --build --preset fuzz --parallel "$(nproc)"
mkdir -p "$OUT/lib"
ldd build/fuzz/fuzz/fuzz_device | awk '/lib(crypto|fmt|stdc\+\+)/ { print $3 }' | xargs -I{} cp -L {} "$OUT/lib/"
for target in fuzz/targets/*.cpp; do
  name=$(basename "$target" .cpp)
  [ "$name" != canary ] || continue
  cp "build/fuzz/fuzz/fuzz_$name" "$OUT/"
  corpora=("fuzz/corpus/$name")
  case "$name" in capture | check) corpora+=(tests/captures) ;; esac
  python3 - "$OUT/fuzz_${name}_seed_corpus.zip" "${corpora[@]}" << 'PYTHON'
import sys
import zipfile
from pathlib import Path

with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as out:
    for folder in map(Path, sys.argv[2:]):
        for path in sorted(folder.iterdir() if folder.is_dir() else ()):
            out.write(path, path.name)
PYTHON
  case "$name" in
    layouts | messages | device) cat docs/generated/dictionaries/*.dict > "$OUT/fuzz_$name.dict" ;;
    transports) cp docs/generated/dictionaries/transport.dict "$OUT/fuzz_$name.dict" ;;
  esac
done

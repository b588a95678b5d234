#!/usr/bin/env bash
# Builds every fuzz target into $OUT, with its seed corpus and dictionary, as ClusterFuzzLite and OSS-Fuzz want them:
#   OUT=DIRECTORY .clusterfuzzlite/build.sh
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
: "${OUT:?where the targets go}"

# Static libraries, so that the programs run in another image than the one they were built in.
cmake --preset fuzz -DOPENSSL_USE_STATIC_LIBS=ON -DCMAKE_EXE_LINKER_FLAGS=-static-libstdc++
cmake --build --preset fuzz --parallel "$(nproc)"
mkdir -p "$OUT"
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

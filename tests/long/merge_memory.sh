#!/bin/sh
# SPDX-License-Identifier: MIT
# 8.5 million documents the size of headlines are indexed, merged and compacted within --memory and
# the 64 MiB of a transaction. Prints two peaks in MiB: the process's own memory, which the option
# limits, and all resident pages, those of the index included.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/../cli/lib.sh"

corpus=${QUERN_CORPORA:-}/enwiki.ndjson.zst
if [ ! -e "$corpus" ] || ! command -v zstdcat >/dev/null || ! command -v python3 >/dev/null; then
    skip 'no enwiki.ndjson.zst in QUERN_CORPORA, or no zstdcat or python3'
fi

# Pieces of ten words, from each article twice: from the first word on and from the sixth.
cat >pieces.py <<'END'
import json, sys
left, step = int(sys.argv[1]), int(sys.argv[2])
number = 0
for line in sys.stdin:
    words = json.loads(line)["text"].split()
    for start in (0, 5):
        for first in range(start, len(words) - 9, 10):
            if number % step == 0:
                text = json.dumps(" ".join(words[first:first + 10]), ensure_ascii=False)
                print('{"id":"piece/%d","text":%s}' % (number, text))
            number += 1
            if number == left:
                sys.exit()
END
cat >peak.py <<'END'
import subprocess, sys, time
process = subprocess.Popen(sys.argv[2:], stdin=sys.stdin)
peaks = {"RssAnon": 0, "VmHWM": 0}
while process.poll() is None:
    try:
        for line in open("/proc/%d/status" % process.pid):
            name, _, value = line.partition(":")
            if name in peaks:
                peaks[name] = max(peaks[name], int(value.split()[0]) // 1024)
    except (FileNotFoundError, ProcessLookupError):
        pass
    time.sleep(0.01)
print("%4d own, %4d resident, at most %d: %s"
      % (peaks["RssAnon"], peaks["VmHWM"], int(sys.argv[1]), " ".join(sys.argv[2:])))
sys.exit(process.returncode or peaks["RssAnon"] > int(sys.argv[1]))
END
# pieces STEP: prints every STEP-th piece.
pieces() {
    zstdcat --long=27 "$corpus" 2>/dev/null | python3 pieces.py 8500000 "$1"
}
# bounded MIB COMMAND...: fails if the command does or if its own memory passes this.
bounded() {
    python3 peak.py "$@"
}

pieces 1 | bounded 128 quern-index -q --memory=64M --threads=2 - || fail "all pieces"
documents 8500000
pieces 10 | sed 's/"text":"/&again /' | bounded 320 quern-index -q --threads=2 - || fail "changed pieces"
documents 8500000
cp -r "$QUERN_INDEX" whole
for memory in 64 256; do
    for threads in 1 2; do
        rm -r "$QUERN_INDEX"
        cp -r whole "$QUERN_INDEX"
        bounded $((memory + 64)) quern-index "--memory=${memory}M" "--threads=$threads" compact ||
            fail "compact in ${memory} MiB, threads: $threads"
        documents 8500000
        cksum <"$QUERN_INDEX/gen-000002/data.mdb" >>sums
    done
done
[ "$(sort -u sums | wc -l)" -eq 1 ] || fail "the bytes depend on memory or threads"
run 0 quern-index check
finish

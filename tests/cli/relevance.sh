#!/bin/sh
# The quality of the ranking on the judged collections.
if [ -z "${QUERN_CORPORA:-}" ]; then
    echo "skipped: no corpus"
    exit 77
fi
if ! command -v python3 >/dev/null 2>&1; then
    echo "skipped: no python3"
    exit 77
fi
# A sanitizer changes no score: one collection shows that nothing is reported on the way.
set --
[ -z "${QUERN_SANITIZE:-}" ] || set -- cranfield
exec python3 "$QUERN_SOURCE/bench/relevance.py" --programs "$QUERN_BIN" "$@"

#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the golden index of a format: make.sh FOLDER, with the programs of that version in PATH. The
# documents are below /tmp/golden, as ids of files are absolute paths.
set -eu
target=$1
documents=/tmp/golden
mkdir "$documents" "$documents/reports" "$documents/pages"
trap 'rm -rf "$documents"' EXIT
cat >"$documents/reports/leak.md" <<'END'
---
title: A leak in the north
author: Ada Lund
description: Inspection after the winter
tags: [energy, Safety]
date: 2021-03-05
lang: en
---
The gas pipeline leaks gas near the old pumping station.
END
cat >"$documents/pages/norway.html" <<'END'
<html lang="en"><head><title>Norwegian gas</title>
<meta name="author" content="Bo Berg"><meta name="keywords" content="Energy, export">
<meta name="description" content="Figures of the year">
<meta name="date" content="2020-11-30T08:00:00Z"></head>
<body><p>Pipeline repairs reported. Exports of gas rose.</p></body></html>
END
echo 'An umbrella stands in the corner of the old station.' >"$documents/reports/budget 2024.txt"
cat >"$documents/tickets.ndjson" <<'END'
{"id":"t1","title":"Pump","text":"The pump repairs itself.","price":12.5,"due":"2022-02-01","team":["north","Night"],"summary":"short note"}
{"id":"t2","title":"Valve","text":"The valve leaks.","price":-3,"due":"2022-02-03T10:00:00+01:00","team":"south","summary":"long note of a valve"}
{"id":"t3","title":"Nothing","text":"No price here."}
END
touch -d '2021-01-02 03:04:05 UTC' "$documents/reports/budget 2024.txt" "$documents/reports/leak.md" \
    "$documents/pages/norway.html" "$documents/tickets.ndjson"
quern-index -i "$target" "$documents/reports" "$documents/pages"
quern-index -i "$target" --field=price:number --field=due:date --field=team:keyword --field=summary:text \
    "$documents/tickets.ndjson"
# Enough documents for lists, columns and pages of several blocks, in a few bytes.
seq 1 3000 | sed 's/.*/{"id":"n&","text":"number & common","price":&}/' >"$documents/numbers.ndjson"
quern-index -i "$target" --field=price:number "$documents/numbers.ndjson"
quern-index -i "$target" remove n7 n1500 t3
quern-index -i "$target" check

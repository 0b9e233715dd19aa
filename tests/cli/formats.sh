#!/bin/sh
# SPDX-License-Identifier: MIT
# HTML and Markdown are indexed as browsers show them, in any encoding.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"
mkdir d

# Character references: names and the numbers of windows-1252, in Markdown as in HTML.
printf '<title>t</title><p>we don&#146;t leak, &#147;caf&eacute;&#148; s&#156;ur, a&nbsp b' >d/c1.html
printf '# T\n\nwe don&#146;t leak\n' >d/c1.md
printf '<title>t</title><p>&zcaron;aba &lstrok;uk jane&commat;host</p>' >d/names.html
printf '# T\n\n&zcaron;aba\n' >d/names.md
# Superscripts, subscripts, comments that only some browsers know.
printf '<title>t</title><p>The compressor<sup>1</sup> and the valve<sup><a href="#n2">2</a></sup>' >d/sup.html
printf ' failed. H<sub>2</sub>O, x<sup>2</sup>, <![if !IE]>conditional<![endif]></p>' >>d/sup.html
# HTML in Markdown: blocks separate words; scripts and front matter are no text.
printf -- '---\ntitle: >-\n  Folded\n  heading\nlayout: keyword\n---\n| a | b |\n|---|---|\n' >d/a.md
printf '| x | <ul><li>valve</li><li>gasket</li></ul> |\n\nStart <p>nozzle</p><p>flange</p> end\n' >>d/a.md
printf '\nrotor<br>stator and em<em>pha</em>sis\n\npara <script>var hidden1;</script> after\n' >>d/a.md
# A text with one NUL.
printf 'gas turbine\0 with one NUL\n' >d/nul.txt

# page NAME LABEL CONVERTER WORD: a page in an encoding that has several names.
page() {
    {
        printf '<html><head><meta charset="%s"><title>t</title></head><body>' "$2"
        printf '%s</body></html>' "$4" | iconv -f UTF-8 -t "$3"
    } >"d/$1.html"
}
page l2 iso8859-2 ISO-8859-2 Žluťoučký
page cy x-cp1251 CP1251 Привет
page tr cp1254 CP1254 Işığı
page gr iso8859-7 ISO-8859-7 Καλημέρα
page ko windows-949 UHC 한국어
page he iso-8859-8-e ISO-8859-8 שלום
page ar cp1256 CP1256 سلام
page zh gb_2312-80 GBK 中文网页
page ru koi8_r KOI8-R погода

run 0 quern-index --lang=none d
finds "don't" d/c1.html d/c1.md
finds soeur d/c1.html
finds nbsp
finds žaba d/names.html d/names.md
finds łuk d/names.html
finds jane d/names.html
finds compressor d/sup.html
finds valve d/sup.html d/a.md
finds h2o d/sup.html
finds x2
finds if
finds conditional d/sup.html
for word in gasket nozzle flange rotor stator emphasis; do
    finds "$word" d/a.md
done
finds hidden1
finds folded d/a.md
finds keyword
finds layout
finds turbine d/nul.txt
finds žluťoučký d/l2.html
finds привет d/cy.html
finds ışığı d/tr.html
finds καλημέρα d/gr.html
finds 한국어 d/ko.html
finds שלום d/he.html
finds سلام d/ar.html
finds 中文网页 d/zh.html
finds погода d/ru.html
finish

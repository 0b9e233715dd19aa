/* SPDX-License-Identifier: MIT */
/* The table of encodings and their labels. */
#include "indexer/source/charset_labels.h"

#include <strings.h>

/* If glibc has no converter that decodes every character as the standard does, the table has the
 * one that agrees on all letters: KOI8-RU for KOI8-U, to which the standard adds the letters of
 * Belarusian. Bytes that the standard maps to C1 controls are decoded as U+FFFD.
 *
 * The standard decodes ISO-2022-KR and -CN to nothing, so that no scripts hide in them. Nothing is
 * executed here, so they are decoded. */
static const struct charset_encoding encodings[] = {
    {.charset = CHARSET_UTF8,
     .labels = "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8"},
    {.charset = CHARSET_WINDOWS1252,
     .labels = "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 "
               "iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 "
               "x-cp1252 x-user-defined"},
    {.charset = CHARSET_UTF16_BIG, .labels = "unicodefffe utf-16be"},
    {.charset = CHARSET_UTF16_LITTLE,
     .labels = "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le"},
    {.converter = "CP866", .labels = "866 cp866 csibm866 ibm866"},
    {.converter = "ISO-8859-2",
     .labels = "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 "
               "iso_8859-2:1987 l2 latin2"},
    {.converter = "ISO-8859-3",
     .labels = "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 "
               "iso_8859-3:1988 l3 latin3"},
    {.converter = "ISO-8859-4",
     .labels = "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 "
               "iso_8859-4:1988 l4 latin4"},
    {.converter = "ISO-8859-5",
     .labels = "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 "
               "iso_8859-5 iso_8859-5:1988"},
    {.converter = "ISO-8859-6",
     .labels = "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 "
               "iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 "
               "iso_8859-6:1987"},
    {.converter = "ISO-8859-7",
     .labels = "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 "
               "iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek"},
    {.converter = "ISO-8859-8",
     .labels = "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 "
               "iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i "
               "logical"},
    {.converter = "ISO-8859-10",
     .labels = "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6"},
    {.converter = "ISO-8859-13", .labels = "iso-8859-13 iso8859-13 iso885913"},
    {.converter = "ISO-8859-14", .labels = "iso-8859-14 iso8859-14 iso885914"},
    {.converter = "ISO-8859-15",
     .labels = "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9"},
    {.converter = "ISO-8859-16", .labels = "iso-8859-16"},
    {.converter = "KOI8-R", .labels = "cskoi8r koi koi8 koi8-r koi8_r"},
    {.converter = "KOI8-RU", .labels = "koi8-ru koi8-u"},
    {.converter = "MACINTOSH", .labels = "csmacintosh mac macintosh x-mac-roman"},
    {.converter = "CP874",
     .labels = "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874"},
    {.converter = "CP1250", .labels = "cp1250 windows-1250 x-cp1250"},
    {.converter = "CP1251", .labels = "cp1251 windows-1251 x-cp1251"},
    {.converter = "CP1253", .labels = "cp1253 windows-1253 x-cp1253"},
    {.converter = "CP1254",
     .labels = "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 "
               "iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254"},
    {.converter = "CP1255", .labels = "cp1255 windows-1255 x-cp1255"},
    {.converter = "CP1256", .labels = "cp1256 windows-1256 x-cp1256"},
    {.converter = "CP1257", .labels = "cp1257 windows-1257 x-cp1257"},
    {.converter = "CP1258", .labels = "cp1258 windows-1258 x-cp1258"},
    {.converter = "MAC-CYRILLIC", .labels = "x-mac-cyrillic x-mac-ukrainian"},
    {.converter = "GB18030",
     .labels = "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk "
               "gb18030"},
    {.converter = "BIG5-HKSCS", .labels = "big5 big5-hkscs cn-big5 csbig5 x-x-big5"},
    {.converter = "EUC-JP-MS", .labels = "cseucpkdfmtjapanese euc-jp x-euc-jp"},
    {.converter = "ISO-2022-JP", .labels = "csiso2022jp iso-2022-jp"},
    {.converter = "CP932",
     .labels = "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis"},
    {.converter = "UHC",
     .labels = "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 "
               "ksc5601 ksc_5601 windows-949"},
    {.converter = "ISO-2022-KR", .labels = "csiso2022kr iso-2022-kr"},
    {.converter = "ISO-2022-CN", .labels = "iso-2022-cn"},
    {.converter = "ISO-2022-CN-EXT", .labels = "iso-2022-cn-ext"},
};

/* True when the label is one of these words, in any letter case. */
static bool has_word(const char *words, struct slice label) {
    while (*words) {
        size_t size = strcspn(words, " ");
        if (size == label.size && strncasecmp(words, (const char *)label.data, size) == 0)
            return true;
        words += size;
        words += *words == ' ';
    }
    return false;
}

/* The standard's white space, which unlike ascii_is_space() has no vertical tab. */
static bool is_space(uint8_t byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\f' || byte == '\r';
}

const struct charset_encoding *charset_find(struct slice label) {
    while (label.size > 0 && is_space(label.data[0]))
        label = slice_after(label, 1);
    while (label.size > 0 && is_space(label.data[label.size - 1]))
        label.size--;
    if (label.size == 0)
        return NULL;
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
        if (has_word(encodings[i].labels, label))
            return &encodings[i];
    return NULL;
}

/* SPDX-License-Identifier: MIT */
/* Makes the spellings of a word one, where people write it in several ways and no stemmer knows it.
 *
 *     arabic        the kaf, yeh and alef of other keyboards and of the Quran are the usual ones
 *     arabic_stem   without a last heh, teh marbuta, yeh or alef maksura, which are written for each
 *                   other, if two letters are left
 *     persian       Arabic kaf, yeh and heh for the letters that Persian and Urdu write instead; alef
 *                   has no madda or hamza, and hamza above is dropped
 *     devanagari    a vowel is one letter, not several that look like it together
 *     hindi         that of devanagari; without nukta; chandrabindu, and n without a vowel, is
 *                   anusvara
 *     hindi_stem    long vowels are short, and virama is dropped
 *     german        ae, oe and ue are umlauts: Muenchen, aehnlich, Koeln
 *     danish        aa is å: Aalborg, Kirkegaard; ä and ö are æ and ø. Also for Norwegian
 *     swedish       æ and ø are ä and ö
 *     romanian      ș and ț, with a comma, are ş and ţ, as the stemmer spells them
 *     unstressed    without acute and grave over Cyrillic, which show how to read a word
 *
 * What is for stems is for what the stemmer leaves, as it needs these letters to find endings.
 *
 * The rules for Persian, Hindi, Devanagari and Scandinavia are those of Lucene's normalizers, which
 * name Larkey et al. (Hindi CLIR in Thirty Days, 2003) and Pingali and Varma (Word normalization in
 * Indian languages, 2007), and so are the letters of arabic_stem; those for German are Snowball's
 * german2, except at the end of a word. ARCHITECTURE.md says what they gain, and which are left out.
 *
 * Each function changes a folded word in place, and never makes it longer.
 *
 * Threads: everything here is stateless. */
#ifndef QUERN_COMMON_TEXT_SPELLING_H
#define QUERN_COMMON_TEXT_SPELLING_H

#include "common/base/bytes.h"

typedef void spelling_function(struct buffer *word);

spelling_function spelling_arabic, spelling_arabic_stem, spelling_persian, spelling_devanagari;
spelling_function spelling_hindi, spelling_hindi_stem, spelling_german, spelling_danish;
spelling_function spelling_swedish, spelling_romanian, spelling_unstressed;

#endif

/* SPDX-License-Identifier: MIT */
/* The table of names: those of front matter, of the HTML Standard (4.2.5.1), of Dublin Core, of Open
 * Graph and of schema.org. */
#include "indexer/scan/metadata.h"

static const struct metadata_name names[] = {
    {"lang", SCHEMA_LANG},
    {"language", SCHEMA_LANG},
    {"date", SCHEMA_DATE},
    {"dcterms.date", SCHEMA_DATE},
    {"dc.date", SCHEMA_DATE},
    {"dcterms.issued", SCHEMA_DATE},
    {"dc.date.issued", SCHEMA_DATE},
    {"article:published_time", SCHEMA_DATE},
    {"datePublished", SCHEMA_DATE},
    {"dcterms.created", SCHEMA_DATE},
    {"dateCreated", SCHEMA_DATE},
    {"created", SCHEMA_DATE},
    {"author", SCHEMA_AUTHOR},
    {"authors", SCHEMA_AUTHOR},
    {"dcterms.creator", SCHEMA_AUTHOR},
    {"dc.creator", SCHEMA_AUTHOR},
    {"description", SCHEMA_DESCRIPTION},
    {"dcterms.description", SCHEMA_DESCRIPTION},
    {"dc.description", SCHEMA_DESCRIPTION},
    {"summary", SCHEMA_DESCRIPTION},
    {"og:description", SCHEMA_DESCRIPTION},
    {"keywords", SCHEMA_TAG},
    {"tags", SCHEMA_TAG},
    {"tag", SCHEMA_TAG},
    {"categories", SCHEMA_TAG},
    {"category", SCHEMA_TAG},
    {"article:tag", SCHEMA_TAG},
    {"dcterms.subject", SCHEMA_TAG},
    {"dc.subject", SCHEMA_TAG},
};

const struct metadata_name *metadata_names(size_t *count) {
    *count = sizeof names / sizeof *names;
    return names;
}

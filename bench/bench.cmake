# SPDX-License-Identifier: MIT
# Builds the benchmark programs and the peers that quern is compared with. `cmake --build ...
# --target bench` builds the peers whose libraries are installed. Nothing here is part of `all`:
# neither quern nor its tests need it.
pkg_check_modules(SQLITE3 QUIET IMPORTED_TARGET sqlite3)
pkg_check_modules(XAPIAN QUIET IMPORTED_TARGET xapian-core)

add_library(quern_peer STATIC EXCLUDE_FROM_ALL bench/peers/peer.c bench/peers/corpus.cpp)
target_link_libraries(quern_peer PUBLIC quern_common_cli PkgConfig::SIMDJSON)
add_executable(stages EXCLUDE_FROM_ALL bench/stages.c)
target_link_libraries(stages PRIVATE quern_indexer)
add_executable(decode EXCLUDE_FROM_ALL bench/decode.c bench/decode_kernels.c)
target_link_libraries(decode PRIVATE quern_searcher)
add_custom_target(bench DEPENDS quern-index quern-search stages decode)
if(SQLITE3_FOUND)
  add_executable(fts5_peer EXCLUDE_FROM_ALL bench/peers/fts5_peer.c)
  target_link_libraries(fts5_peer PRIVATE quern_peer PkgConfig::SQLITE3)
  add_dependencies(bench fts5_peer)
endif()
if(XAPIAN_FOUND)
  add_executable(xapian_peer EXCLUDE_FROM_ALL bench/peers/xapian_peer.cpp)
  target_link_libraries(xapian_peer PRIVATE quern_peer PkgConfig::XAPIAN)
  add_dependencies(bench xapian_peer)
endif()

# find_package(talkdesk_auth) gives the targets talkdesk_auth::talkdesk_auth (shared) and talkdesk_auth::static.
# This file is in PREFIX/lib/cmake/talkdesk_auth. It finds the other files relative to itself, so the installation may be moved.

get_filename_component(_talkdesk_auth_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET talkdesk_auth::talkdesk_auth)
  add_library(talkdesk_auth::talkdesk_auth SHARED IMPORTED)
  set_target_properties(talkdesk_auth::talkdesk_auth PROPERTIES
    IMPORTED_LOCATION "${_talkdesk_auth_prefix}/lib/libtalkdesk_auth.so"
    INTERFACE_INCLUDE_DIRECTORIES "${_talkdesk_auth_prefix}/include")

  add_library(talkdesk_auth::static STATIC IMPORTED)
  set_target_properties(talkdesk_auth::static PROPERTIES
    IMPORTED_LOCATION "${_talkdesk_auth_prefix}/lib/libtalkdesk_auth.a"
    INTERFACE_INCLUDE_DIRECTORIES "${_talkdesk_auth_prefix}/include"
    INTERFACE_LINK_LIBRARIES "pthread;dl;m")
endif()

unset(_talkdesk_auth_prefix)

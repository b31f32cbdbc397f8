# One INTERFACE target carries every compile rule, so that no folder sets flags of its own.
find_package(Qt6 6.4 REQUIRED COMPONENTS Core Network Sql Concurrent LinguistTools)
find_package(PkgConfig REQUIRED)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis>=0.14.1)
find_package(tl-expected REQUIRED)

set(CMAKE_AUTOMOC ON)
set(CMAKE_AUTORCC ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

add_library(lockscope_config INTERFACE)
target_compile_features(lockscope_config INTERFACE cxx_std_20)
target_compile_definitions(lockscope_config INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY QT_NO_URL_CAST_FROM_STRING
    QT_NO_FOREACH QT_NO_KEYWORDS QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_USE_QSTRINGBUILDER
    LOCKSCOPE_VERSION="${PROJECT_VERSION}")
target_compile_options(lockscope_config INTERFACE
    -Wall -Wextra -Wpedantic $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local> -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wunused
    $<$<BOOL:${LOCKSCOPE_WERROR}>:-Werror>)
if(LOCKSCOPE_SANITIZE)
    # With sanitizers GCC takes values of optional and expected for uninitialised that are not (its manual says so, under -fsanitize).
    target_compile_options(lockscope_config INTERFACE -fsanitize=${LOCKSCOPE_SANITIZE} -fno-omit-frame-pointer -g1
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    target_link_options(lockscope_config INTERFACE -fsanitize=${LOCKSCOPE_SANITIZE})
    if(LOCKSCOPE_SANITIZE MATCHES "thread")
        target_sources(lockscope_config INTERFACE "${CMAKE_SOURCE_DIR}/cmake/threadsanitizer.cpp")
    endif()
endif()

// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/argumentmask.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace lockscope {

namespace {

constexpr std::string_view option = "--uri";
constexpr size_t longestMask = 3; // tells nothing of the length

void maskPassword(char* uri)
{
    const std::string_view text(uri);
    const size_t scheme = text.find("://");
    if (scheme == std::string_view::npos)
        return;
    const size_t begin = scheme + 3;
    const std::string_view authority = text.substr(begin, text.find_first_of("/?", begin) - begin);
    const size_t at = authority.rfind('@');
    const size_t colon = authority.find(':');
    if (at == std::string_view::npos || colon >= at)
        return;
    char* const password = uri + begin + colon + 1;
    const size_t length = at - colon - 1;
    const size_t mask = std::min(length, longestMask);
    const size_t rest = text.size() - begin - at;
    std::fill_n(password, mask, '*');
    std::memmove(password + mask, password + length, rest);
    std::fill_n(password + mask + rest, length - mask, '\0');
}

} // namespace

void maskUriPasswords(int argc, char** argv)
{
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument(argv[i]);
        if (argument == "--")
            return;
        if (argument == option && i + 1 < argc)
            maskPassword(argv[++i]);
        else if (argument.starts_with(option) && argument.substr(option.size()).starts_with('='))
            maskPassword(argv[i] + option.size() + 1);
    }
}

} // namespace lockscope

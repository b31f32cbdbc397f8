// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/childenvironment.h"

#include <algorithm>
#include <array>

#include <unistd.h>

namespace lockscope {

namespace {

constexpr std::array secretVariables { "REDISCLI_AUTH", "LOCKSCOPE_URI" };

} // namespace

QProcessEnvironment environmentForChildren()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : secretVariables)
        environment.remove(QString::fromLatin1(name));
    return environment;
}

std::vector<QByteArray> environmentWordsForChildren()
{
    std::vector<QByteArray> words;
    for (char** word = ::environ; word && *word; ++word) {
        const QByteArrayView text(*word);
        const auto names = [text](QByteArrayView name) {
            return text.size() > name.size() && text.startsWith(name) && text[name.size()] == '=';
        };
        if (!std::ranges::any_of(secretVariables, names))
            words.push_back(text.toByteArray());
    }
    return words;
}

} // namespace lockscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/familyicon.h"

#include "locks/families/familyregistry.h"

#include <array>

namespace lockscope {

namespace {

struct Language {
    const char* word; ///< as the families' facts name it
    const char* icon;
};
constexpr std::array languages { Language { "Java", "java" }, Language { "Go)", "go" }, Language { "Node.js", "node" },
    Language { "Python", "python" }, Language { ".NET", "dotnet" }, Language { "PHP", "php" },
    Language { "Ruby", "ruby" }, Language { "Rust", "rust" }, Language { "C++", "cpp" } };

// Programs that are known by their own name.
constexpr std::array products { Language { "sentry", "python" }, Language { "gitlab", "ruby" },
    Language { "discourse", "ruby" } };

QString findIcon(FamilyId family)
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    const QLatin1StringView name = registry.name(family);
    if (name == QLatin1StringView("plain"))
        return QStringLiteral("family-plain");
    for (const Language& product : products) {
        if (name == QLatin1StringView(product.word))
            return QStringLiteral("family-") + QLatin1StringView(product.icon);
    }
    const QString libraries = QString::fromUtf8(registry.family(family).facts().libraries);
    const QString language = libraries.mid(libraries.indexOf(QLatin1Char('(')) + 1);
    for (const Language& known : languages) {
        if (language.contains(QLatin1StringView(known.word)))
            return QStringLiteral("family-") + QLatin1StringView(known.icon);
    }
    return QStringLiteral("family-other");
}

} // namespace

QString familyIcon(FamilyId family)
{
    static std::array<QString, 256> icons;
    QString& icon = icons[size_t(family)];
    if (icon.isEmpty())
        icon = family == FamilyId::None ? QStringLiteral("family-other") : findIcon(family);
    return icon;
}

} // namespace lockscope

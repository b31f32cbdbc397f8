// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/translations.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QTranslator>

namespace lockscope {

namespace {

void install(QCoreApplication& application, const QLocale& locale, const QString& name, const QString& folder)
{
    auto* translator = new QTranslator(&application);
    if (translator->load(locale, name, QStringLiteral("_"), folder))
        QCoreApplication::installTranslator(translator);
    else
        delete translator;
}

} // namespace

QLocale chosenLocale()
{
    const QString language = qEnvironmentVariable("LOCKSCOPE_LANGUAGE");
    return language.isEmpty() ? QLocale::system() : QLocale(language);
}

void installTranslations(QCoreApplication& application, const QLocale& locale)
{
    const QString ours = QStringLiteral(":/i18n");
    // The translator installed last is asked first. English is always there: it holds the plural forms of the source
    // texts.
    install(application, QLocale(QLocale::English), QStringLiteral("lockscope"), ours);
    install(application, locale, QStringLiteral("lockscope"), ours);
    install(application, locale, QStringLiteral("qtbase"), QLibraryInfo::path(QLibraryInfo::TranslationsPath));
}

} // namespace lockscope

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocale>

class QCoreApplication;

namespace lockscope {

/// The language of the texts: `$LOCKSCOPE_LANGUAGE` (`zh_CN`, `en`) where it is set, else the system's.
[[nodiscard]] QLocale chosenLocale();

/// Installs our texts and Qt's own for a language; what has no translation stays English. The translators belong to the
/// application. Call it once, before the first text is made.
void installTranslations(QCoreApplication& application, const QLocale& locale = chosenLocale());

} // namespace lockscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command.h"

#include "base/translations.h"

#include <QCoreApplication>
#include <QFile>

#include <csignal>
#include <cstdio>

#include <unistd.h>

int main(int argc, char* argv[])
{
    // A reader that goes away (`| head`) shows as a failed write and ends us quietly.
    std::signal(SIGPIPE, SIG_IGN);
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("lockscope-cli"));
    QCoreApplication::setApplicationVersion(QStringLiteral(LOCKSCOPE_VERSION));
    lockscope::installTranslations(application);

    QFile out;
    QFile err;
    if (!out.open(STDOUT_FILENO, QIODevice::WriteOnly | QIODevice::Unbuffered)
        || !err.open(STDERR_FILENO, QIODevice::WriteOnly | QIODevice::Unbuffered))
        return 3;
    return lockscope::cli::run(QCoreApplication::arguments().mid(1), { &out, &err, ::isatty(STDOUT_FILENO) == 1 });
}

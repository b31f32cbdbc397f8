// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command.h"

#include "base/argumentmask.h"
#include "base/heap.h"
#include "base/translations.h"
#include "cli/rawargument.h"

#include <QCoreApplication>
#include <QFile>

#include <csignal>
#include <cstdio>

#include <unistd.h>

int main(int argc, char* argv[])
{
    // A reader that goes away (`| head`) shows as a failed write and ends us quietly.
    std::signal(SIGPIPE, SIG_IGN);
    lockscope::keepHeapSmall();
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("lockscope-cli"));
    QCoreApplication::setApplicationVersion(QStringLiteral(LOCKSCOPE_VERSION));
    lockscope::installTranslations(application);

    QFile out;
    QFile err;
    if (!out.open(STDOUT_FILENO, QIODevice::WriteOnly | QIODevice::Unbuffered)
        || !err.open(STDERR_FILENO, QIODevice::WriteOnly | QIODevice::Unbuffered))
        return 3;
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments << lockscope::cli::argumentText(argv[i]);
    lockscope::maskUriPasswords(argc, argv);
    return lockscope::cli::run(arguments, { &out, &err, ::isatty(STDOUT_FILENO) == 1 });
}

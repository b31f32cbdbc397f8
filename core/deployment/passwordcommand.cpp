// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/passwordcommand.h"

#include "base/childenvironment.h"
#include "deployment/connectionbook.h"

#include <QProcess>

namespace lockscope {

namespace {

constexpr qsizetype longestOutput = 64 * 1024;

tl::unexpected<Error> storage(const QString& program, const QString& why)
{
    return fail(ErrorKind::Storage, ConnectionText::tr("the password command %1: %2").arg(program, why));
}

} // namespace

Result<Secret> runPasswordCommand(const QStringList& command, Milliseconds timeout)
{
    if (command.isEmpty() || command.first().isEmpty())
        return fail(ErrorKind::Usage, ConnectionText::tr("the password command is empty"));
    const QString& program = command.first();
    QProcess process;
    process.setProcessEnvironment(environmentForChildren());
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(program, command.mid(1), QIODevice::ReadOnly);
    if (!process.waitForStarted(int(timeout.count())))
        return storage(program, process.errorString());
    if (!process.waitForFinished(int(timeout.count()))) {
        process.kill();
        process.waitForFinished(1000);
        return fail(ErrorKind::Timeout,
            ConnectionText::tr("the password command %1 did not end within %2 s")
                .arg(program)
                .arg(double(timeout.count()) / 1000));
    }
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        return storage(program, ConnectionText::tr("ended with status %1").arg(process.exitCode()));
    QByteArray line = process.readAllStandardOutput().left(longestOutput);
    if (const qsizetype end = line.indexOf('\n'); end >= 0)
        line.truncate(end);
    if (line.endsWith('\r'))
        line.chop(1);
    if (line.isEmpty())
        return storage(program, ConnectionText::tr("printed no password"));
    return Secret(line);
}

} // namespace lockscope

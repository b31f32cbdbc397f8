// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/typedprogram.h"

#include "support/secretsearch.h"

#include <QTest>

namespace lockscope {

TypedProgram::TypedProgram(const QString& program, const QString& folder)
    : m_program(program)
    , m_folder(folder)
{
}

TypedProgram::~TypedProgram()
{
    if (!isRunning())
        return;
    m_process.kill();
    m_process.waitForFinished();
}

void TypedProgram::start(const QStringList& arguments, const QProcessEnvironment& environment)
{
    QProcessEnvironment variables = environment;
    variables.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    variables.insert(QStringLiteral("QT_QPA_GENERIC_PLUGINS"), QStringLiteral("typist"));
    variables.insert(QStringLiteral("QT_PLUGIN_PATH"), m_folder + QStringLiteral("/tests/plugins"));
    m_process.setProcessEnvironment(variables);
    m_process.start(m_program, arguments);
    QVERIFY2(m_process.waitForStarted(), qPrintable(m_process.errorString()));
}

QString TypedProgram::leftBehind(const QByteArray& secret, const QString& home)
{
    const SecretSearch search(secret);
    QStringList found { search.inProcess(m_process.processId()), search.inChildren(m_process.processId()) };
    type("close");
    if (!QTest::qWaitFor([this] { return !isRunning(); }, 60000))
        return QStringLiteral("the program does not end");
    found << search.inBytes(m_process.readAllStandardOutput(), QStringLiteral("standard output"))
          << search.inBytes(m_process.readAllStandardError(), QStringLiteral("standard error"))
          << search.inFolder(home);
    found.removeAll(QString());
    return found.join(QLatin1Char('\n'));
}

} // namespace lockscope

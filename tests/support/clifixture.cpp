// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clifixture.h"

#include "support/testsupport.h"

#include <QJsonDocument>

namespace lockscope {

namespace {

constexpr int longestRun = 30000;

} // namespace

QJsonObject CliResult::json() const { return QJsonDocument::fromJson(out).object(); }

QJsonObject CliResult::error() const
{
    return QJsonDocument::fromJson(err).object().value(QLatin1StringView("error")).toObject();
}

QList<QJsonObject> CliResult::lines() const
{
    QList<QJsonObject> objects;
    const QList<QByteArray> texts = out.split('\n');
    for (const QByteArray& text : texts) {
        if (!text.isEmpty())
            objects += QJsonDocument::fromJson(text).object();
    }
    return objects;
}

CliFixture::CliFixture(QString program)
    : m_program(std::move(program))
    , m_environment(QProcessEnvironment::systemEnvironment())
{
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start();
    if (!server)
        qFatal("%s", qPrintable(errorMessage(server.error())));
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
    setEnvironment(QStringLiteral("LOCKSCOPE_URI"), uri());
    setEnvironment(QStringLiteral("LOCKSCOPE_AUDIT_FILE"), auditFile());
    setEnvironment(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    clearEnvironment(QStringLiteral("REDISCLI_AUTH"));
}

QString CliFixture::uri() const { return QStringLiteral("unix://") + m_server->socketPath(); }

QByteArray CliFixture::ask(const QList<QByteArray>& arguments)
{
    const BlockingClient::Answer answer = m_client->run(arguments);
    if (answer.type == 0)
        return "nil";
    if (answer.type == '*') {
        QByteArrayList texts;
        for (const BlockingClient::Answer& item : answer.items)
            texts += item.text;
        return texts.join(' ');
    }
    return answer.type == ':' ? QByteArray::number(answer.number) : answer.text;
}

std::unique_ptr<QProcess> CliFixture::start(const QStringList& arguments)
{
    auto process = std::make_unique<QProcess>();
    process->setProcessEnvironment(m_environment);
    process->start(m_program, arguments);
    return process;
}

CliResult CliFixture::finish(QProcess& process)
{
    CliResult result;
    if (!QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, longestRun))
        process.kill();
    else if (process.exitStatus() == QProcess::NormalExit)
        result.status = process.exitCode();
    result.out = process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    return result;
}

CliResult CliFixture::run(const QStringList& arguments, const QByteArray& input)
{
    const std::unique_ptr<QProcess> process = start(arguments);
    process->write(input);
    process->closeWriteChannel();
    return finish(*process);
}

} // namespace lockscope

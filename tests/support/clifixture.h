// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/sandboxserver.h"
#include "support/blockingclient.h"

#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

#include <memory>

namespace lockscope {

/// What one run of lockscope-cli left behind.
struct CliResult {
    int status = -1; ///< -1: crashed or never ended
    QByteArray out;
    QByteArray err;

    [[nodiscard]] QJsonObject json() const; ///< of standard output
    [[nodiscard]] QJsonObject error() const; ///< of the JSON error on standard error
    [[nodiscard]] QList<QJsonObject> lines() const; ///< one object a line
};

/// The real program against a private server, with an audit log in a temporary folder.
class CliFixture {
public:
    /// `program`: LOCKSCOPE_CLI.
    explicit CliFixture(QString program);

    [[nodiscard]] SandboxServer& server() { return *m_server; }
    [[nodiscard]] QString uri() const;
    [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }
    [[nodiscard]] QString auditFile() const { return path(QStringLiteral("audit.sqlite")); }
    /// The server's own answer, as text: integers too, nil as `nil`, the items of an array with blanks between them.
    QByteArray ask(const QList<QByteArray>& arguments);

    void setEnvironment(const QString& name, const QString& value) { m_environment.insert(name, value); }
    void clearEnvironment(const QString& name) { m_environment.remove(name); }
    CliResult run(const QStringList& arguments, const QByteArray& input = {});
    [[nodiscard]] std::unique_ptr<QProcess> start(const QStringList& arguments);
    [[nodiscard]] static CliResult finish(QProcess& process);
    [[nodiscard]] const QProcessEnvironment& environment() const { return m_environment; }

private:
    const QString m_program;
    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
    QTemporaryDir m_folder;
    QProcessEnvironment m_environment;
};

} // namespace lockscope

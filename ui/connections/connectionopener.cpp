// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/connectionopener.h"

#include "base/errortext.h"
#include "base/workerpool.h"
#include "connections/secretstore.h"
#include "deployment/passwordcommand.h"

namespace lockscope {

namespace {

struct CommandJob {
    QStringList command;
    Result<Secret> result;
};

QString noteOf(const SavedConnection& connection, const Error& error)
{
    // What the secret store says needs no title.
    return connection.passwordSource == PasswordSource::Keychain ? error.detail : errorMessage(error);
}

OpenedConnection opened(const SavedConnection& connection, const Result<Secret>& password)
{
    if (password)
        return { choiceOf(connection, *password), {} };
    return { choiceOf(connection), noteOf(connection, password.error()) };
}

} // namespace

ConnectionChoice choiceOf(const SavedConnection& connection, const Secret& password)
{
    ConnectionChoice choice;
    QList<ConnectionSpec> specs = connection.specs;
    if (specs.isEmpty())
        return choice;
    for (ConnectionSpec& spec : specs) {
        if (spec.topology != Topology::Sandbox)
            spec.password = password;
    }
    choice.spec = specs.takeFirst();
    choice.furtherMasters = specs;
    choice.readOnly = connection.readOnly;
    choice.environment = connection.environment;
    return choice;
}

void openSaved(const SavedConnection& connection, SecretStore& secrets, QObject* guard,
    UniqueFunction<void(OpenedConnection)> handler)
{
    switch (connection.passwordSource) {
    case PasswordSource::None:
    case PasswordSource::Ask:
        handler({ choiceOf(connection), {} });
        return;
    case PasswordSource::Keychain:
        secrets.read(connection.id, guard, [connection, handler = std::move(handler)](Result<Secret> password) mutable {
            handler(opened(connection, password));
        });
        return;
    case PasswordSource::Command:
        runInPool<CommandJob>(
            guard, CommandJob { connection.passwordCommand, Secret() },
            [](CommandJob& job) { job.result = runPasswordCommand(job.command); },
            [connection, handler = std::move(handler)](
                CommandJob job) mutable { handler(opened(connection, job.result)); });
        return;
    }
}

} // namespace lockscope

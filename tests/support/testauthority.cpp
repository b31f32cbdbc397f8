// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testauthority.h"

#include <QFile>
#include <QProcess>

namespace lockscope {

TestAuthority::TestAuthority() { found(QStringLiteral("ca")); }

void TestAuthority::openssl(const QStringList& arguments) const
{
    QProcess process;
    process.setWorkingDirectory(m_folder.path());
    process.start(QStringLiteral("openssl"), arguments);
    if (!process.waitForFinished() || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        qFatal("openssl: %s", process.readAllStandardError().constData());
}

void TestAuthority::found(const QString& name) const
{
    openssl({ QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("rsa:2048"),
        QStringLiteral("-nodes"), QStringLiteral("-days"), QStringLiteral("2"), QStringLiteral("-subj"),
        QStringLiteral("/CN=") + name, QStringLiteral("-keyout"), name + QStringLiteral(".key"), QStringLiteral("-out"),
        name + QStringLiteral(".pem") });
}

void TestAuthority::issue(const QString& name, const QString& subjectAltName) const
{
    QFile extensions(file(name + QStringLiteral(".ext")));
    if (!extensions.open(QIODevice::WriteOnly))
        qFatal("no file of extensions");
    extensions.write("subjectAltName=" + subjectAltName.toLatin1() + "\n");
    extensions.close();
    const auto with = [&name](const char* suffix) -> QString { return name + QString::fromLatin1(suffix); };
    openssl({ QStringLiteral("req"), QStringLiteral("-newkey"), QStringLiteral("rsa:2048"), QStringLiteral("-nodes"),
        QStringLiteral("-subj"), QStringLiteral("/CN=") + name, QStringLiteral("-keyout"), with(".key"),
        QStringLiteral("-out"), with(".csr") });
    openssl({ QStringLiteral("x509"), QStringLiteral("-req"), QStringLiteral("-in"), with(".csr"),
        QStringLiteral("-CA"), QStringLiteral("ca.pem"), QStringLiteral("-CAkey"), QStringLiteral("ca.key"),
        QStringLiteral("-CAcreateserial"), QStringLiteral("-days"), QStringLiteral("2"), QStringLiteral("-extfile"),
        with(".ext"), QStringLiteral("-out"), with(".pem") });
}

QStringList TestAuthority::serverArguments(quint16 tlsPort, const QString& name, bool askClients) const
{
    return { QStringLiteral("--tls-port"), QString::number(tlsPort), QStringLiteral("--tls-cert-file"),
        file(name + QStringLiteral(".pem")), QStringLiteral("--tls-key-file"), file(name + QStringLiteral(".key")),
        QStringLiteral("--tls-ca-cert-file"), caFile(), QStringLiteral("--tls-auth-clients"),
        askClients ? QStringLiteral("yes") : QStringLiteral("no") };
}

} // namespace lockscope

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace lockscope {

/// A certificate authority that lives as long as a test: `ca.pem`, and certificates that it signs.
class TestAuthority {
public:
    TestAuthority();

    [[nodiscard]] QString file(const QString& name) const { return m_folder.filePath(name); }
    [[nodiscard]] QString caFile() const { return file(QStringLiteral("ca.pem")); }
    /// `name`.pem and `name`.key for `DNS:localhost,IP:127.0.0.1`, or the like.
    void issue(const QString& name, const QString& subjectAltName) const;
    /// An authority of its own, signed by nobody: `name`.pem and `name`.key.
    void found(const QString& name) const;
    /// The options of a redis-server that speaks TLS with the certificate `name`.
    [[nodiscard]] QStringList serverArguments(quint16 tlsPort, const QString& name, bool askClients = false) const;

private:
    void openssl(const QStringList& arguments) const;

    QTemporaryDir m_folder;
};

} // namespace lockscope
